# The library behind zkvm_accelerators.h, an archive that costs a program nothing unless it calls it.
# All of it but `machine` and `heap`, which others may replace, is one object whose inner functions
# have no names outside, so that a program may call its own functions as it likes.

set(accelerators ${CMAKE_CURRENT_LIST_DIR})
set(accelerator_sources limbs precompile software software_hash field fp2 curve keccak256 merkle_damgard sha256 ripemd160
    blake2f group ecdsa secp256k1 secp256r1 ring modexp
    twist fp12 pairing bn254 bls12_381 bls12_g1 bls12_g2 bls12_pairing
    bls12_map kzg)
set(accelerator_replaceable machine heap)
file(GLOB accelerator_headers CONFIGURE_DEPENDS ${accelerators}/*.h)
list(APPEND accelerator_headers ${sdk_lib}/include/zkvm_accelerators.h)

foreach(isa rv64im rv64im_zbb)
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/objects/${isa}/accelerators)
  set(objects)
  foreach(source ${accelerator_sources} ${accelerator_replaceable})
    sdk_object(${isa} ${folder}/${source}.o ${accelerators}/${source}.c
      DEPENDS ${accelerator_headers} FLAGS ${sdk_flags})
    list(APPEND objects ${folder}/${source}.o)
  endforeach()
  set(replaceable ${accelerator_replaceable})
  list(TRANSFORM replaceable REPLACE "(.+)" "${folder}/\\1.o")
  list(REMOVE_ITEM objects ${replaceable})
  set(library ${sdk_lib}/${isa}/libreprise-accelerators.a)
  add_custom_command(OUTPUT ${library}
    COMMAND ${REPRISE_CC} -r -march=${isa} -mabi=lp64 -nostdlib -o ${folder}/all.o ${objects}
    COMMAND ${REPRISE_OBJCOPY} --wildcard --keep-global-symbol=zkvm_* ${folder}/all.o
    COMMAND ${CMAKE_COMMAND} -E rm -f ${library}
    COMMAND ${REPRISE_AR} rcs ${library} ${folder}/all.o ${replaceable}
    DEPENDS ${objects} ${replaceable} VERBATIM)
  list(APPEND sdk_files ${library})
endforeach()
