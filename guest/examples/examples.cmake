# One line for each example; what they are is said at the top of their sources.

reprise_example(hello CHECK "echo 'Hello, world!' | cmp - {output}")
reprise_example(sha256 CHECK "sha256sum <{input} | cut -c1-64 | cmp - {output}")
reprise_example(sha3 TOOL openssl CHECK "openssl dgst -sha3-256 -r <{input} | cut -c1-64 | cmp - {output}")
reprise_example(sort CHECK "LC_ALL=C sort <{input} | cmp - {output}")
reprise_example(grep CHECK "tail -n +2 {input} | LC_ALL=C grep -aE \"$(head -n 1 {input})\" | cmp - {output}")
reprise_example(json CHECK "python3 -m json.tool --sort-keys --no-ensure-ascii <{input} | cmp - {output}")
reprise_example(modexp CHECK [[python3 -c '[print("%x" % pow(*[int(n,16) for n in l.split()])) for l in open(0)]' <{input} | cmp - {output}]])
reprise_example(secp256k1 TOOL openssl CHECK [[
while read -r KEY; do
    echo "302E0201010420${KEY}A00706052B8104000A" | tr a-f A-F | basenc --base16 -d |
        openssl ec -inform DER -pubout -outform DER -conv_form compressed 2>/dev/null |
        tail -c 33 | basenc --base16 -w 0 | tr A-F a-f; echo
done <{input} | cmp - {output}]])
reprise_example(matrix CHECK "python3 reference.py matrix <{input} | cmp - {output}")
reprise_example(paths CHECK "python3 reference.py paths <{input} | cmp - {output}")
reprise_example(bf CHECK "python3 reference.py bf <{input} | cmp - {output}")
reprise_example(sudoku CHECK "python3 reference.py sudoku {input} <{output}")

reprise_example(words CXX CHECK [[
tr -cs A-Za-z '\n' <{input} | tr A-Z a-z | grep . | LC_ALL=C sort | uniq -c | LC_ALL=C sort -k1,1nr -k2 |
    sed 's/^ *//' | cmp - {output}]])
reprise_example(calc CXX CHECK "python3 reference.py calc <{input} | cmp - {output}")

set(zlib ${REPRISE_GUEST_SOURCES}/zlib)
reprise_example(zlib PACKAGE zlib
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/zlib/zlib.c ${zlib}/adler32.c ${zlib}/compress.c ${zlib}/crc32.c
    ${zlib}/deflate.c ${zlib}/inffast.c ${zlib}/inflate.c ${zlib}/inftrees.c ${zlib}/trees.c ${zlib}/zutil.c
  FLAGS -I${zlib}
  TOOL gzip CHECK "gzip -dc <{output} | cmp - {input}")

set(bzip2 ${REPRISE_GUEST_SOURCES}/bzip2)
reprise_example(bzip2 PACKAGE bzip2
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/bzip2/bzip2.c ${bzip2}/blocksort.c ${bzip2}/bzlib.c ${bzip2}/compress.c
    ${bzip2}/crctable.c ${bzip2}/decompress.c ${bzip2}/huffman.c ${bzip2}/randtable.c
  FLAGS -DBZ_NO_STDIO -I${bzip2}
  TOOL bzip2 CHECK "bzip2 -dc <{output} | cmp - {input}")

# Lua's own command, which runs standard input if that is no terminal. Without the macros, the seed of
# its hashes would come from addresses and the time, and names of temporary files from the system.
file(GLOB lua ${REPRISE_GUEST_SOURCES}/lua5.4/src/*.c)
list(FILTER lua EXCLUDE REGEX "/luac\\.c$")
reprise_example(lua PACKAGE lua5.4
  SOURCES ${lua}
  FLAGS "-Dlua_stdin_is_tty()=0" "-Dluai_makeseed(L)=0" "-Dlua_tmpnam(b,e)=(e=1)" -DLUA_TMPNAMBUFSIZE=1
    -I${CMAKE_CURRENT_LIST_DIR}/lua
  TOOL lua5.4 CHECK "lua5.4 - <{input} | cmp - {output}")

# SQLite's build makes one file of its sources. It needs tclsh.
find_program(TCLSH tclsh)
if(NOT TCLSH)
  message(STATUS "Guest example sqlite: skipped; on Debian, apt-get install tcl")
else()
  set(sqlite ${CMAKE_CURRENT_BINARY_DIR}/sqlite)
  file(MAKE_DIRECTORY ${sqlite})
  add_custom_command(OUTPUT ${sqlite}/sqlite3.c ${sqlite}/sqlite3.h
    COMMAND sh -c "${REPRISE_GUEST_SOURCES}/sqlite3/configure --disable-tcl --disable-readline >configure.log 2>&1"
    COMMAND sh -c "make sqlite3.c >make.log 2>&1"
    WORKING_DIRECTORY ${sqlite} VERBATIM)
  reprise_example(sqlite PACKAGE sqlite3
    SOURCES ${CMAKE_CURRENT_LIST_DIR}/sqlite/sqlite.c ${sqlite}/sqlite3.c
    FLAGS -DSQLITE_OS_OTHER=1 -DSQLITE_THREADSAFE=0 -DSQLITE_OMIT_LOAD_EXTENSION -DSQLITE_TEMP_STORE=3 -I${sqlite}
    TOOL sqlite3 CHECK "sqlite3 :memory: <{input} | cmp - {output}")
endif()

# nlohmann's headers, which Reprise is built with, too: alone in a folder, as guests must not see the
# rest of /usr/include.
find_path(NLOHMANN_JSON nlohmann/json.hpp REQUIRED)
set(json ${CMAKE_CURRENT_BINARY_DIR}/json)
file(MAKE_DIRECTORY ${json})
file(CREATE_LINK ${NLOHMANN_JSON}/nlohmann ${json}/nlohmann SYMBOLIC)
reprise_example(jsonpatch CXX
  FLAGS -I${json}
  CHECK "python3 reference.py jsonpatch <{input} | cmp - {output}")
