# find_package(reprise): the target reprise::reprise.
include(CMakeFindDependencyMacro)
find_dependency(fmt)
find_dependency(OpenSSL COMPONENTS Crypto)
find_dependency(asmjit)
find_dependency(zstd)
include(${CMAKE_CURRENT_LIST_DIR}/reprise-targets.cmake)
