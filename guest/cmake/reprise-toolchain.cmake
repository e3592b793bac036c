# Builds a CMake project for guests of Reprise:
#   cmake -S . -B build -DCMAKE_TOOLCHAIN_FILE=<prefix>/lib/reprise-guest/reprise-toolchain.cmake
# Compile options such as -march go into CMAKE_C_FLAGS and CMAKE_CXX_FLAGS; --stack-size into
# CMAKE_EXE_LINKER_FLAGS.

set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR riscv64)

get_filename_component(REPRISE_GUEST_SDK "${CMAKE_CURRENT_LIST_DIR}/../.." ABSOLUTE)
set(CMAKE_C_COMPILER "${REPRISE_GUEST_SDK}/bin/reprise-cc")
set(CMAKE_CXX_COMPILER "${REPRISE_GUEST_SDK}/bin/reprise-c++")
set(CMAKE_AR riscv64-unknown-elf-ar CACHE FILEPATH "")
set(CMAKE_RANLIB riscv64-unknown-elf-ranlib CACHE FILEPATH "")
set(CMAKE_EXECUTABLE_SUFFIX_C .elf)
set(CMAKE_EXECUTABLE_SUFFIX_CXX .elf)

# Programs come from the machine that builds; libraries and headers only from the guest's side.
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)

find_program(REPRISE_EMULATOR NAMES reprise qemu-riscv64 HINTS "${REPRISE_GUEST_SDK}/bin")
if(REPRISE_EMULATOR MATCHES "reprise$")
  set(CMAKE_CROSSCOMPILING_EMULATOR "${REPRISE_EMULATOR}" run)
elseif(REPRISE_EMULATOR)
  set(CMAKE_CROSSCOMPILING_EMULATOR "${REPRISE_EMULATOR}")
endif()
