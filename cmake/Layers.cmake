# Folders are layers, layers are targets: kforge_layer(kube SOURCES client.cpp ... USES http schema PRIVATE CURL::libcurl)
# makes the static library kforge_kube. USES names the layers that its headers and sources may include; every call adds a
# row to layers.txt, which tests/lint/layering reads.
include_guard()

function(kforge_layer name)
  cmake_parse_arguments(LAYER "" "" "SOURCES;USES;PUBLIC;PRIVATE" ${ARGN})
  add_library(kforge_${name} STATIC ${LAYER_SOURCES})
  target_link_libraries(kforge_${name} PUBLIC kforge_settings fmt::fmt nlohmann_json::nlohmann_json ${LAYER_PUBLIC} PRIVATE ${LAYER_PRIVATE})
  kforge_precompiled(kforge_${name} lib)
  foreach(used IN LISTS LAYER_USES)
    target_link_libraries(kforge_${name} PUBLIC kforge_${used})
  endforeach()
  list(JOIN LAYER_USES " " uses)
  set_property(GLOBAL APPEND PROPERTY KFORGE_LAYER_ROWS "${name}: ${uses}")
endfunction()

function(kforge_write_layer_table file)
  get_property(rows GLOBAL PROPERTY KFORGE_LAYER_ROWS)
  list(JOIN rows "\n" text)
  file(WRITE "${file}" "${text}\n")
endfunction()

# kforge_test(unit_base SOURCES error_test.cpp ... USES base) makes one Catch2 binary and one CTest entry, labelled by the
# word before the first underscore (unit, golden, cli, e2e, cluster, lint).
function(kforge_test name)
  cmake_parse_arguments(TEST "" "" "SOURCES;USES;LIBS" ${ARGN})
  add_executable(${name} ${TEST_SOURCES})
  target_link_libraries(${name} PRIVATE kforge_settings ${KFORGE_CATCH} kforge_test_main kforge_test_support ${TEST_LIBS})
  kforge_precompiled(${name} test)
  foreach(used IN LISTS TEST_USES)
    target_link_libraries(${name} PRIVATE kforge_${used})
  endforeach()
  string(REGEX REPLACE "_.*" "" rung "${name}")
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
  set_tests_properties(${name} PROPERTIES LABELS ${rung})
  set_property(GLOBAL APPEND PROPERTY KFORGE_TEST_SOURCES ${TEST_SOURCES})
endfunction()
