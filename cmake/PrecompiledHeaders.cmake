# Headers that nearly every source includes, parsed once: three quarters of a debug compile is reading them.
# kforge_precompiled(target lib|test). The preset tidy goes without, so that a missing include is found there.
include_guard()

set(KFORGE_COMMON_HEADERS <algorithm> <array> <chrono> <deque> <filesystem> <functional> <map> <memory> <optional> <set> <string>
    <string_view> <unordered_map> <variant> <vector> <fmt/format.h> <nlohmann/json.hpp>)

function(kforge_precompile kind)
  set(source "${CMAKE_BINARY_DIR}/generated/precompiled_${kind}.cpp")
  file(CONFIGURE OUTPUT "${source}" CONTENT "// Generated: gives the precompiled headers a target.\n")
  add_library(kforge_precompiled_${kind} OBJECT "${source}")
  target_link_libraries(kforge_precompiled_${kind} PRIVATE kforge_settings fmt::fmt nlohmann_json::nlohmann_json Threads::Threads)
  target_precompile_headers(kforge_precompiled_${kind} PRIVATE ${KFORGE_COMMON_HEADERS} ${ARGN})
endfunction()

if(NOT KFORGE_TIDY)
  kforge_precompile(lib)
  if(KFORGE_TESTS)
    kforge_precompile(test "${CMAKE_SOURCE_DIR}/tests/support/catch.hpp")
    target_link_libraries(kforge_precompiled_test PRIVATE ${KFORGE_CATCH})
  endif()
endif()

function(kforge_precompiled target kind)
  if(TARGET kforge_precompiled_${kind})
    target_precompile_headers(${target} REUSE_FROM kforge_precompiled_${kind})
  endif()
endfunction()
