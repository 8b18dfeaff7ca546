# Compiler settings as interface targets, so that no flag is global.
find_program(KFORGE_CCACHE ccache)
if(KFORGE_CCACHE)
  # One cache for every clone and build folder: paths below the sources count as relative.
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND};-E;env;CCACHE_BASEDIR=${CMAKE_SOURCE_DIR};CCACHE_NOHASHDIR=1;CCACHE_SLOPPINESS=pch_defines,time_macros;${KFORGE_CCACHE}")
  set(CMAKE_C_COMPILER_LAUNCHER "${CMAKE_CXX_COMPILER_LAUNCHER}")
endif()

add_library(kforge_settings INTERFACE)
target_compile_features(kforge_settings INTERFACE cxx_std_20)
target_include_directories(kforge_settings INTERFACE "${CMAKE_SOURCE_DIR}/lib" "${CMAKE_SOURCE_DIR}")
target_compile_options(kforge_settings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wno-missing-field-initializers  # designated initialisers leave the rest to the defaults
  $<$<BOOL:${KFORGE_WERROR}>:-Werror>
  -fstack-protector-strong -fPIE
  $<$<CONFIG:Debug>:-g1>
  $<$<CONFIG:Release>:-ffunction-sections -fdata-sections>)
target_compile_definitions(kforge_settings INTERFACE
  $<$<CONFIG:Release>:_FORTIFY_SOURCE=2>
  $<$<CONFIG:Debug>:_GLIBCXX_ASSERTIONS>)
target_link_options(kforge_settings INTERFACE
  -pie $<$<CONFIG:Release>:-Wl,--gc-sections,-O1,--as-needed,-z,relro,-z,now,-s>)
find_program(KFORGE_MOLD mold)
if(KFORGE_MOLD AND CMAKE_BUILD_TYPE STREQUAL "Debug")
  # Thirty test programs are linked in a fifth of the time.
  target_link_options(kforge_settings INTERFACE -fuse-ld=mold)
endif()
if(KFORGE_SANITIZE)
  target_compile_options(kforge_settings INTERFACE -fsanitize=${KFORGE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=undefined)
  target_link_options(kforge_settings INTERFACE -fsanitize=${KFORGE_SANITIZE})
endif()
if(KFORGE_TIDY)
  find_program(KFORGE_CLANG_TIDY NAMES clang-tidy clang-tidy-14 REQUIRED)
  set(CMAKE_CXX_CLANG_TIDY "${KFORGE_CLANG_TIDY};--quiet")
endif()
