# The bases of manifests/ as JSON inside the binary: reading YAML at start would cost more than the whole start-up budget.
# kforge_embed_manifests(kforge_render manifests) adds to the target a source and the header "embedded/manifests.hpp"
# (see EmbedFiles.cmake), made at build time by a tool that reads YAML as kforge itself does.
include_guard()
include(EmbedFiles)

function(kforge_embed_manifests target name)
  set(root "${CMAKE_SOURCE_DIR}/manifests")
  file(GLOB_RECURSE files RELATIVE "${root}" CONFIGURE_DEPENDS "${root}/*.yaml")
  list(SORT files)
  list(TRANSFORM files PREPEND "${root}/" OUTPUT_VARIABLE paths)
  set(json "${CMAKE_CURRENT_BINARY_DIR}/embedded/${name}.json")

  add_executable(embed_manifests "${CMAKE_SOURCE_DIR}/tools/embed_manifests.cpp")
  target_link_libraries(embed_manifests PRIVATE kforge_settings kforge_os kforge_yaml)
  add_custom_command(
    OUTPUT "${json}"
    COMMAND embed_manifests "${root}" "${json}" ${files}
    DEPENDS embed_manifests ${paths}
    COMMENT "Embedding manifests/"
    VERBATIM)
  kforge_embed_file(${target} ${name} "${json}")
endfunction()
