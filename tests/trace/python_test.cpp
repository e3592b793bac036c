// A second reader, written from the specification alone, finds in a file what the first one finds.
#include <gtest/gtest.h>

#include <sys/wait.h>

#include <cstdio>
#include <string>

#include <fmt/format.h>

#include "samples.h"
#include "trace/reader.h"

namespace reprise::test {
namespace {

struct Answer {
    std::string text;  ///< of both streams
    int code = 0;
};

/// @param first  what Python runs, if not the program itself.
Answer run_python(const std::filesystem::path& path, const char* first = "") {
    const std::string command =
        fmt::format("{} {} {} {} 2>&1", PYTHON, first, READ_TRACE, path.string());
    Answer answer;
    FILE* const pipe = ::popen(command.c_str(), "r");
    if (pipe == nullptr) return {"", -1};
    char block[4096];
    while (const std::size_t got = std::fread(block, 1, sizeof block, pipe))
        answer.text.append(block, got);
    answer.code = WEXITSTATUS(::pclose(pipe));
    return answer;
}

std::string sha256(std::span<const std::uint8_t> bytes) {
    return to_hex(Hasher().add(bytes).finish());
}

std::string describe(const Checkpoint& checkpoint) {
    std::string text =
        fmt::format("pc {:#x}, reservation {},", checkpoint.pc,
                    checkpoint.reserved ? fmt::format("{:#x}", checkpoint.reservation) : "none");
    for (std::size_t i = 1; i < checkpoint.x.size(); ++i)
        if (checkpoint.x[i] != 0) text += fmt::format(" x{}={:#x}", i, checkpoint.x[i]);
    return text;
}

std::string describe(const TraceHeader& header) {
    return fmt::format(
        "chunk length {}\nprogram {}\nplatform {}\ncompression {}\ninput {} bytes, sha256 {}, {}\n",
        header.chunk_steps, to_hex(header.program), header.platform,
        header.compression == Compression::zstd ? "zstd" : "none", header.input.size,
        to_hex(header.input.hash), header.input.bytes ? "kept" : "left out");
}

std::string describe(const Stop& stop) {
    switch (stop.kind) {
        case Stop::Kind::step_limit: return "step_limit";
        case Stop::Kind::exited: return fmt::format("exited {}", stop.exit_code);
        case Stop::Kind::faulted: break;
    }
    return fmt::format("faulted {} pc {:#x} address {:#x} step {}", name_of(stop.fault.kind),
                       stop.fault.pc, stop.fault.address, stop.fault.step);
}

/// What the Python program prints of a file, from what TraceReader says.
std::string describe(const std::filesystem::path& path) {
    const TraceReader reader(path);
    std::string text = describe(reader.header());
    LogBuffer buffer;
    for (std::uint64_t i = 0; i < reader.chunk_count(); ++i) {
        const Chunk chunk = reader.read(i, buffer);
        text += fmt::format("chunk {}: step {}, steps {}, {}\n  log {} bytes, sha256 {}\n", i,
                            chunk.start.step, chunk.steps, describe(chunk.start), chunk.log.size(),
                            sha256(chunk.log));
    }
    const TraceEnd& end = reader.end();
    return text + fmt::format(
                      "stopped: {}\nend: step {}, {}\noutput {} bytes, sha256 {}\n"
                      "{} chunks, {} bytes\n",
                      describe(end.stop), end.final.step, describe(end.final), end.output_size,
                      to_hex(end.output_hash), reader.chunk_count(),
                      std::filesystem::file_size(path));
}

void expect_agreement(const SampleTrace& trace) {
    const TemporaryFile file;
    write_trace(trace, file.path());
    const Answer answer = run_python(file.path());
    EXPECT_EQ(answer.code, 0);
    EXPECT_EQ(answer.text, describe(file.path()));
}

TEST(Python, FindsTheSame) {
    for (const std::uint64_t chunks : {0, 1, 4})
        for (const bool kept : {true, false})
            expect_agreement(sample_trace(chunks, Compression::none, kept));
    SampleTrace trace = sample_trace(2);
    trace.end.stop = {Stop::Kind::step_limit, 0, {}};
    expect_agreement(trace);
    for (int kind = 0; kind <= static_cast<int>(FaultKind::hint); ++kind) {
        trace.end.stop = {Stop::Kind::faulted,
                          0,
                          {static_cast<FaultKind>(kind), 0x1004, 0x99, trace.end.final.step}};
        expect_agreement(trace);
    }
}

TEST(Python, LooksIntoCompressedLogs) {
    if (std::system("command -v zstd >/dev/null") != 0) GTEST_SKIP() << "there is no zstd command";
    expect_agreement(sample_trace(4, Compression::zstd));
}

TEST(Python, SaysThatLogsAreCompressedWhereItCannotLook) {
    const TemporaryFile file;
    write_trace(sample_trace(4, Compression::zstd), file.path());
    const char* const without_zstd =
        R"py(-c "import os, runpy, sys; os.environ['PATH'] = ''; del sys.argv[0]; )py"
        R"py(runpy.run_path(sys.argv[0], run_name='__main__')")py";
    const Answer answer = run_python(file.path(), without_zstd);
    EXPECT_EQ(answer.code, 0);
    EXPECT_NE(answer.text.find("log 240 bytes, compressed"), std::string::npos) << answer.text;
}

TEST(Python, RefusesWhatIsDamaged) {
    const Bytes whole = bytes_of(sample_trace(3));
    const TemporaryFile file;
    std::vector<std::size_t> places{0, 8, whole.size() - 1};
    for (std::size_t at = 13; at < whole.size(); at += 97)
        places.push_back(at);
    for (const std::size_t at : places) {
        SCOPED_TRACE(at);
        Bytes flipped = whole;
        flipped[at] ^= 4;
        put_bytes(flipped, file.path());
        EXPECT_EQ(run_python(file.path()).code, 1);
        put_bytes(Bytes(whole.begin(), whole.begin() + at), file.path());
        EXPECT_EQ(run_python(file.path()).code, 1);
    }
    Bytes longer = whole;
    longer.push_back(0);
    put_bytes(longer, file.path());
    EXPECT_EQ(run_python(file.path()).code, 1);
}

}  // namespace
}  // namespace reprise::test
