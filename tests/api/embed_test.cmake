# Installs BUILD under WORK, builds EXAMPLE against that and nothing else of this tree, and runs it
# on its guests.
cmake_minimum_required(VERSION 3.25)

find_program(GUEST_GCC riscv64-unknown-elf-gcc)
if(NOT GUEST_GCC)
  message(NOTICE "skipped: there is no riscv64-unknown-elf-gcc for the guests; on Debian, apt-get install gcc-riscv64-unknown-elf")
  return()
endif()

function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY OUTPUT_QUIET)
endfunction()

file(REMOVE_RECURSE ${WORK})
run(${CMAKE_COMMAND} --install ${BUILD} --config ${CONFIG} --prefix ${WORK}/prefix)
run(${CMAKE_COMMAND} -S ${EXAMPLE} -B ${WORK}/build -G ${GENERATOR} -D CMAKE_BUILD_TYPE=${CONFIG}
    -D CMAKE_PREFIX_PATH=${WORK}/prefix -D CMAKE_CXX_COMPILER=${COMPILER}
    -D CMAKE_CXX_FLAGS=${FLAGS})
run(${CMAKE_COMMAND} --build ${WORK}/build)
foreach(guest sum wild)
  run(${GUEST_GCC} -march=rv64im -mabi=lp64 -O2 -nostdlib -static
      ${EXAMPLE}/guests/${guest}.c -o ${WORK}/${guest}.elf)
endforeach()

execute_process(COMMAND ${WORK}/build/embed hello ${WORK}/sum.elf ${WORK}/wild.elf ${WORK}/sum.elf
                OUTPUT_VARIABLE output COMMAND_ERROR_IS_FATAL ANY)
message(NOTICE "${output}")
set(sum "the sum is +532\n  [0-9]+ steps, exit code 0\n")
set(wild "  [0-9]+ steps, then a fault: load_access\n  [^\n]+\n    in 0x[0-9a-f]+ .follow[^\n]*\n    in 0x[0-9a-f]+ ._start[^\n]*\n")
if(NOT output MATCHES "^one after the other:\n${sum}${wild}${sum}at the same time: the same\n$")
  message(FATAL_ERROR "this is not what the guests do")
endif()

# The command was installed, too, and agrees.
execute_process(COMMAND ${CMAKE_COMMAND} -E echo_append hello
                COMMAND ${WORK}/prefix/bin/reprise run ${WORK}/sum.elf
                OUTPUT_VARIABLE output COMMAND_ERROR_IS_FATAL ANY)
if(NOT output MATCHES "^the sum is +532\n$")
  message(FATAL_ERROR "the installed command says: ${output}")
endif()
