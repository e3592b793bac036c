# Example guests in Rust, each built as a guest and for the host. They need a Rust compiler with the sources
# of its library, and crates: without them they are skipped.

option(REPRISE_BUILD_RUST_GUESTS "Build the example guests in Rust, if there is a compiler for them" ON)
option(REPRISE_BUILD_EVM "Of these, the EVM too: some minutes when it is built first" ON)

set(rust ${CMAKE_CURRENT_LIST_DIR})
# Debian's before others: those of rustup need a component that is seldom there.
find_program(REPRISE_CARGO cargo HINTS /usr/bin)
find_program(REPRISE_RUSTC rustc HINTS /usr/bin)
find_program(REPRISE_RUST_LD NAMES ld.lld-19 ld.lld)
set(rust_tools ${CMAKE_COMMAND} -E env CARGO=${REPRISE_CARGO} RUSTC=${REPRISE_RUSTC} GUEST_LD=${REPRISE_RUST_LD}
  REPRISE_ACCELERATORS=${sdk_lib}/rv64im/libreprise-accelerators.a)

# Sets `missing` to what Rust guests lack here, or to nothing.
function(find_what_rust_lacks)
  set(missing "" PARENT_SCOPE)
  if(NOT REPRISE_BUILD_RUST_GUESTS)
    set(missing "REPRISE_BUILD_RUST_GUESTS is off" PARENT_SCOPE)
    return()
  endif()
  if(NOT REPRISE_CARGO OR NOT REPRISE_RUSTC OR NOT REPRISE_RUST_LD)
    set(missing "on Debian, apt-get install cargo-web rustc-web rust-web-src lld-19" PARENT_SCOPE)
    return()
  endif()
  execute_process(COMMAND ${REPRISE_RUSTC} --print sysroot OUTPUT_VARIABLE sysroot OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(NOT IS_DIRECTORY ${sysroot}/lib/rustlib/src/rust/library)
    set(missing "${REPRISE_RUSTC} has no sources of its library; on Debian, apt-get install rust-web-src" PARENT_SCOPE)
    return()
  endif()
  execute_process(COMMAND ${rust_tools} CARGO_NET_RETRY=1 CARGO_HTTP_TIMEOUT=20 ${REPRISE_CARGO} fetch --quiet --locked
      --manifest-path ${rust}/Cargo.toml
    RESULT_VARIABLE failed ERROR_VARIABLE messages)
  if(failed)
    string(REGEX MATCH "[^\n]+" message "${messages}")
    set(missing "its crates cannot be had: ${message}" PARENT_SCOPE)
  endif()
endfunction()

find_what_rust_lacks()

# Every build takes all processors, and Cargo lets one at a time into its folder.
set_property(GLOBAL APPEND PROPERTY JOB_POOLS rust=1)

# rust_program(PACKAGE ELF [NATIVE]): builds both files, which are the ELF and the same program for the host.
function(rust_program package elf)
  string(REGEX REPLACE "^test-" "" folder ${package})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${rust}/examples/${folder}/src/* ${rust}/tests/${folder}/src/*
    ${rust}/reprise-guest/src/* ${rust}/memory/src/*)
  list(APPEND sources ${rust}/build ${rust}/link ${rust}/describe.py ${rust}/Cargo.lock ${rust}/Cargo.toml
    ${rust}/reprise-guest/guest.ld)
  add_custom_command(OUTPUT ${elf}
    COMMAND ${rust_tools} ${rust}/build ${package} -o ${elf}
    DEPENDS ${sources} ${sdk_lib}/rv64im/libreprise-accelerators.a JOB_POOL rust VERBATIM)
  if(ARGC GREATER 2)
    add_custom_command(OUTPUT ${ARGV2}
      COMMAND ${rust_tools} ${REPRISE_CARGO} build --quiet --release --locked --manifest-path ${rust}/Cargo.toml
        --package ${package} --target-dir ${rust}/target
      COMMAND ${CMAKE_COMMAND} -E copy ${rust}/target/release/${package} ${ARGV2}
      DEPENDS ${sources} JOB_POOL rust VERBATIM)
  endif()
endfunction()

# rust_example(NAME PACKAGE package CHECK command): the rest as for reprise_example.
function(rust_example name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "PACKAGE;CHECK" "")
  if(missing)
    message(STATUS "Guest example ${name}: skipped; ${missing}")
    return()
  endif()
  register_example(${name} "${arg_CHECK}" "")
  rust_program(${arg_PACKAGE} ${elf} ${native})
endfunction()

rust_example(rust-hash PACKAGE hash CHECK "sha256sum <{input} | cut -c1-64 | cmp - {output}")
rust_example(rust-json PACKAGE json CHECK "python3 reference.py orders <{input} | cmp - {output}")
if(REPRISE_BUILD_EVM)
  rust_example(evm PACKAGE evm CHECK "python3 reference.py evm {input} <{output} &&
    cmp {output} ../rust/examples/evm/inputs/$(basename {input} | cut -d. -f2).out")
else()
  message(STATUS "Guest example evm: skipped; REPRISE_BUILD_EVM is off")
endif()

# What guest/tests/test_rust.py runs.
if(REPRISE_BUILD_TESTS AND NOT missing)
  set(REPRISE_RUST_TEST_GUESTS ${CMAKE_CURRENT_BINARY_DIR}/rust-tests)
  file(MAKE_DIRECTORY ${REPRISE_RUST_TEST_GUESTS})
  foreach(kind std bare)
    rust_program(test-${kind} ${REPRISE_RUST_TEST_GUESTS}/${kind}.elf)
    set_property(GLOBAL APPEND PROPERTY REPRISE_EXAMPLE_FILES ${REPRISE_RUST_TEST_GUESTS}/${kind}.elf)
  endforeach()
endif()
