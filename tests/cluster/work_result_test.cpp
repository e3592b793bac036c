/// Results that cannot be right are refused, and all others do no harm.
#include "cluster/work.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <random>

#include "base/error.h"
#include "recording.h"
#include "report/profile.h"
#include "trace/compression.h"
#include "trace/fields.h"
#include "trace/format.h"

namespace reprise::cluster {
namespace {

namespace format = trace_format;
using compiler::ChunkCalls;
using compiler::kNoIndex;

/// The size, and what follows it as it was before compression: a result as well.
Bytes uncompressed(std::span<const std::uint8_t> result) {
    const std::uint64_t size = format::FieldReader(result).u64();
    Bytes content(size);
    if (result.size() - 8 == size)
        std::ranges::copy(result.subspan(8), content.begin());
    else if (!decompress(result.subspan(8), content))
        throw Error("no result");
    Bytes bytes(result.begin(), result.begin() + 8);
    append(bytes, content);
    return bytes;
}
void put_size(Bytes& result, std::uint64_t size) {
    test::put(result, 0, size, 8);
}

class Results : public ::testing::Test {
protected:
    static constexpr std::size_t kFirst = 2, kCount = 4;
    const Recording run_ = record(exiting_guest(), ReplayEngine::compiled);
    const Bytes result_ = work_for(run_, "profile")->carry_out(task_of(run_, kFirst, kCount));
    const ExpectedWork expected_ = expected_of(run_, kFirst, kCount, true);
    const std::uint64_t steps_ = expected_.end.step - expected_.start.step;

    WorkResult decode(std::span<const std::uint8_t> bytes) const {
        return decode_work_result(bytes, *run_.program, expected_);
    }
    WorkResult right() const { return decode(result_); }

    void expect_refused(std::span<const std::uint8_t> bytes, const char* words = "") const {
        try {
            decode(bytes);
            ADD_FAILURE() << "taken, not refused as " << words;
        } catch (const Error& error) {
            EXPECT_NE(std::string(error.what()).find(words), std::string::npos) << error.what();
        }
    }
    void expect_refused(const std::function<void(WorkResult&)>& change,
                        const char* words = "") const {
        WorkResult result = right();
        change(result);
        expect_refused(encode_work_result(result), words);
    }
    void expect_calls_refused(const std::function<void(ChunkCalls&)>& change,
                              const char* words = "") const {
        for (std::size_t chunk = 0; chunk < kCount; ++chunk)
            expect_refused([&](WorkResult& result) { change(result.calls[chunk]); }, words);
    }

    /// What the coordinator does with a result, and the command with what comes of all.
    /// @return whether it was taken.
    bool use(std::span<const std::uint8_t> bytes) const {
        std::optional<WorkResult> result;
        try {
            result.emplace(decode(bytes));
        } catch (const Error&) {
            return false;
        }
        EXPECT_EQ(result->end.final, expected_.end);
        EXPECT_EQ(result->end.stop, Stop{});
        EXPECT_EQ(result->output.size(), result->end.output_size);
        EXPECT_EQ(summarize(result->counts, *run_.program).steps, steps_);
        CallTree tree(*run_.program);
        for (int twice = 0; twice < 2; ++twice) {  // as a first task, and after others
            for (const ChunkCalls& calls : result->calls)
                tree.add(calls);
        }
        std::uint64_t steps = 0;
        for (const CallTree::Frame& frame : tree.frames())
            steps += frame.steps;
        EXPECT_EQ(steps, 2 * steps_);
        make_profile(*run_.program, result->counts, tree);
        return true;
    }
};

TEST_F(Results, ComeBack) {
    const WorkResult result = right();
    EXPECT_EQ(result.end.final, expected_.end);
    EXPECT_FALSE(result.output.empty());
    EXPECT_GT(result.counts.misaligned_accesses, 0U);
    EXPECT_GT(result.counts.branches_taken, 0U);
    ASSERT_EQ(result.calls.size(), kCount);
    EXPECT_EQ(encode_work_result(result), result_);
    EXPECT_EQ(encode_work_result(decode(uncompressed(result_))), result_);
    EXPECT_TRUE(use(result_));
    // What the tests below change is there.
    for (const ChunkCalls& calls : result.calls) {
        EXPECT_GT(calls.frames.size(), 2U);
        EXPECT_GT(calls.bases.size(), 1U);
    }
}

TEST_F(Results, OfAnotherEndAreRefused) {
    for (std::size_t i = 1; i < 32; ++i)
        expect_refused([i](WorkResult& result) { result.end.final.x[i] ^= 1; }, "wrong end state");
    expect_refused([](WorkResult& result) { result.end.final.pc += 4; }, "wrong end state");
    expect_refused([](WorkResult& result) { ++result.end.final.step; }, "wrong end state");
    expect_refused([](WorkResult& result) { result.end.final.reserved = true; }, "wrong end state");
}

TEST_F(Results, OfAnotherStopAreRefused) {
    const char* const words = "wrong end of the run";
    expect_refused([](WorkResult& result) { result.end.stop.kind = Stop::Kind::exited; }, words);
    expect_refused(
        [&](WorkResult& result) {
            result.end.stop = {.kind = Stop::Kind::faulted,
                               .fault = {.step = result.end.final.step}};
        },
        words);
    // Of the last task, whose stop is known.
    const std::size_t last = run_.chunks.size() - 1;
    const auto expected = expected_of(run_, last, 1, true);
    const Bytes bytes = work_for(run_, "profile")->carry_out(task_of(run_, last, 1));
    WorkResult result = decode_work_result(bytes, *run_.program, expected);
    EXPECT_EQ(result.end.stop.exit_code, 7);
    for (const Stop& stop : {Stop{}, Stop{.kind = Stop::Kind::exited, .exit_code = 8}}) {
        result.end.stop = stop;
        EXPECT_THROW(decode_work_result(encode_work_result(result), *run_.program, expected),
                     Error);
    }
}

TEST_F(Results, OfCountsThatAreNotOfAllStepsAreRefused) {
    std::vector<std::size_t> executed;
    right().counts.executed[0].for_each(
        [&](std::size_t i, std::uint64_t /*count*/) { executed.push_back(i); });
    ASSERT_GT(executed.size(), 2U);
    for (const std::size_t i : executed) {
        expect_refused([i](WorkResult& result) { result.counts.executed[0].add(i, 1); });
        expect_refused([i](WorkResult& result) { result.counts.executed[0].add(i, -1); },
                       "counts are not of");
        // A sum that is right again modulo 2^64.
        expect_refused([&, i](WorkResult& result) {
            result.counts.executed[0].add(i, std::uint64_t{1} << 63);
            result.counts.executed[0].add(i == executed[0] ? executed[1] : executed[0],
                                          std::uint64_t{1} << 63);
        });
    }
    expect_refused([&](WorkResult& result) { result.counts.branches_taken = steps_ + 1; });
    expect_refused([&](WorkResult& result) { result.counts.misaligned_accesses = steps_ + 1; });
}

TEST_F(Results, OfCountsOutsideOfTheProgramAreRefused) {
    const std::size_t size = right().counts.executed[0].size();
    for (const std::size_t at : {size, size + 1, 1000 * size}) {
        expect_refused([&](WorkResult& result) {
            SparseCounts counts(at + 1);
            counts.add(at, steps_);
            result.counts.executed[0] = std::move(counts);
        });
    }
    // Numbers are distances to the one before: each is small.
    expect_refused(
        [&](WorkResult& result) {
            SparseCounts counts(2 * size);
            for (std::size_t i = size / 2; i < 2 * size; i += size / 2)
                counts.add(i, 1);
            result.counts.executed[0] = std::move(counts);
        },
        "outside of the program");
    expect_refused([](WorkResult& result) { result.counts.executed.clear(); });
}

TEST_F(Results, OfCallsWithACallerBehindThemAreRefused) {
    expect_calls_refused([](ChunkCalls& calls) { calls.frames[1].caller = 2; }, "over its limit");
    expect_calls_refused([](ChunkCalls& calls) { calls.frames[0].caller = 1; }, "over its limit");
    expect_calls_refused([](ChunkCalls& calls) { calls.frames.back().caller = kNoIndex; });
    // One that calls itself is a base.
    expect_calls_refused([](ChunkCalls& calls) {
        for (std::uint32_t i = 1; i < calls.frames.size(); ++i) {
            if (calls.frames[i].caller == i) continue;
            calls.frames[i].caller = i;
            return;
        }
    });
}

TEST_F(Results, OfBasesInNoOrderAreRefused) {
    const char* const order = "in no order";
    expect_calls_refused([](ChunkCalls& calls) { std::swap(calls.bases[0], calls.bases[1]); });
    expect_calls_refused([](ChunkCalls& calls) { calls.bases[1] = calls.bases[0]; }, order);
    expect_calls_refused([](ChunkCalls& calls) { calls.bases[0].frame = 1; }, order);
    expect_calls_refused([](ChunkCalls& calls) { calls.bases[0].left = 1; });
    expect_calls_refused([](ChunkCalls& calls) { calls.bases[1].left = calls.bases[1].frame; },
                         order);
    expect_calls_refused([](ChunkCalls& calls) { calls.bases[1].left = calls.bases[1].frame + 1; });
    expect_calls_refused([](ChunkCalls& calls) {
        calls.bases[1].frame = static_cast<std::uint32_t>(calls.frames.size());
    });
    // A frame with a caller is no base.
    expect_calls_refused([](ChunkCalls& calls) { calls.frames[calls.bases[1].frame].caller = 0; },
                         order);
    const char* const beginning = "no beginning";
    expect_calls_refused([](ChunkCalls& calls) { calls.bases.pop_back(); }, beginning);
    expect_calls_refused([](ChunkCalls& calls) { calls.bases.clear(); }, beginning);
    expect_calls_refused([](ChunkCalls& calls) { calls.bases.resize(calls.frames.size() + 1); });
}

TEST_F(Results, OfCallsOfAnotherNumberOfStepsAreRefused) {
    expect_calls_refused([](ChunkCalls& calls) { ++calls.frames.back().steps; });
    expect_calls_refused([](ChunkCalls& calls) { ++calls.frames.front().steps; });
    expect_calls_refused(
        [](ChunkCalls& calls) {
            for (auto& frame : calls.frames)
                frame.steps = 0;
        },
        "calls are not of");
    expect_calls_refused([](ChunkCalls& calls) { calls.frames[1].calls = kChunkSteps + 1; });
    expect_calls_refused([](ChunkCalls& calls) { calls = {}; }, "calls are not of");
    // Right in their sum over the chunks.
    expect_refused([](WorkResult& result) {
        ++result.calls[0].frames[0].steps;
        --std::ranges::find_if(result.calls[1].frames, [](const auto& frame) {
              return frame.steps != 0;
          })->steps;
    });
}

TEST_F(Results, OfAnEndInNoFrameAreRefused) {
    expect_calls_refused(
        [](ChunkCalls& calls) { calls.last = static_cast<std::uint32_t>(calls.frames.size()); });
    expect_calls_refused([](ChunkCalls& calls) { calls.last = kNoIndex; });
}

TEST_F(Results, OfCallsOfAnotherNumberOfChunksAreRefused) {
    const char* const words = "another number of chunks";
    expect_refused([](WorkResult& result) { result.calls.pop_back(); }, words);
    expect_refused([](WorkResult& result) { result.calls.push_back(result.calls[0]); }, words);
    expect_refused([](WorkResult& result) { result.calls.clear(); }, words);
    ExpectedWork of_replay = expected_;
    of_replay.records_calls = false;
    EXPECT_THROW(decode_work_result(result_, *run_.program, of_replay), Error);
    const Bytes without = work_for(run_, "replay")->carry_out(task_of(run_, kFirst, kCount));
    EXPECT_NO_THROW(decode_work_result(without, *run_.program, of_replay));
    expect_refused(without, words);
}

TEST_F(Results, OfAnOutputOfAnotherSizeAreRefused) {
    expect_refused([](WorkResult& result) { result.output.push_back('x'); });
    expect_refused([](WorkResult& result) { result.output.pop_back(); });
    for (const std::uint64_t size : {std::uint64_t{1} << 30, ~std::uint64_t{0}})
        expect_refused([size](WorkResult& result) { result.end.output_size = size; },
                       "ends too early");
}

TEST_F(Results, OfAnotherTaskAreRefused) {
    const auto work = work_for(run_, "profile");
    expect_refused(work->carry_out(task_of(run_, kFirst, kCount - 1)), "wrong end state");
    expect_refused(work->carry_out(task_of(run_, kFirst, kCount + 1)), "wrong end state");
    // Of fewer chunks to the same end.
    expect_refused(work->carry_out(task_of(run_, kFirst + 1, kCount - 1)), "counts are not of");
    expect_refused(work->carry_out(task_of(run_, kFirst - 1, kCount + 1)));
}

TEST_F(Results, OfASizeThatIsNotTheirsAreRefused) {
    for (const std::uint64_t size :
         {kLargestResult + 1, std::uint64_t{1} << 40, ~std::uint64_t{0}}) {
        Bytes bytes = result_;
        put_size(bytes, size);
        expect_refused(bytes, "over the limit");
    }
    Bytes plain = uncompressed(result_);
    ASSERT_LT(result_.size(), plain.size());
    for (const std::uint64_t size : {std::uint64_t{0}, std::uint64_t{plain.size() - 8 - 1},
                                     std::uint64_t{plain.size() - 8 + 1}, kLargestResult}) {
        Bytes bytes = result_;
        put_size(bytes, size);
        expect_refused(bytes, "no zstd frame");
        put_size(plain, size);
        expect_refused(plain, "no zstd frame");
    }
}

TEST_F(Results, CutShortOrWithBytesBehindThemAreRefused) {
    for (std::size_t size = 0; size < result_.size(); ++size)
        expect_refused(std::span(result_).first(size));
    const Bytes plain = uncompressed(result_);
    for (std::size_t size = 8; size < plain.size(); ++size) {
        Bytes bytes(plain.begin(), plain.begin() + static_cast<std::ptrdiff_t>(size));
        put_size(bytes, size - 8);
        expect_refused(bytes);
    }
    Bytes longer = plain;
    longer.push_back(0);
    put_size(longer, longer.size() - 8);
    expect_refused(longer, "bytes behind it");
    longer = result_;
    append(longer, result_);
    expect_refused(longer);
}

TEST_F(Results, OfNumbersThatDoNotEndAreRefused) {
    const Bytes plain = uncompressed(result_);
    const std::size_t counts = 8 + format::kEndSize + right().output.size();
    for (const std::size_t digits : {std::size_t{10}, std::size_t{100}}) {
        Bytes bytes = plain;
        bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(counts), digits, 0x80);
        put_size(bytes, bytes.size() - 8);
        expect_refused(bytes, "does not end");
    }
}

TEST_F(Results, OfGarbageAreRefused) {
    expect_refused(Bytes{});
    std::mt19937 random(1);
    for (int round = 0; round < 1000; ++round) {
        Bytes bytes(random() % 1000);
        for (auto& byte : bytes)
            byte = static_cast<std::uint8_t>(random());
        expect_refused(bytes);
        if (bytes.size() < 8) continue;
        put_size(bytes, bytes.size() - 8);
        expect_refused(bytes);
    }
}

TEST_F(Results, OfAnyByteThatIsAnotherDoNoHarm) {
    const Bytes plain = uncompressed(result_);
    std::size_t taken = 0;
    for (std::size_t i = 0; i < plain.size(); ++i) {
        for (unsigned bit = 0; bit < 8; ++bit) {
            Bytes bytes = plain;
            bytes[i] ^= static_cast<std::uint8_t>(1U << bit);
            taken += use(bytes) ? 1 : 0;
        }
    }
    EXPECT_GT(taken, 0U);  // another output, say, whose hash is looked at elsewhere
}

TEST_F(Results, OfRandomDamageDoNoHarm) {
    const Bytes plain = uncompressed(result_);
    const std::size_t counts = 8 + format::kEndSize;
    std::mt19937 random(1);
    std::size_t taken = 0;
    for (int round = 0; round < 12'000; ++round) {
        const bool is_plain = round % 4 != 0;
        Bytes bytes = is_plain ? plain : result_;
        // What comes after the end, for the most part: all of that is compared.
        const std::size_t first = is_plain && round % 16 != 1 ? counts : 0;
        for (std::uint64_t changes = 1 + random() % 3; changes > 0; --changes) {
            const std::size_t place = first + random() % (bytes.size() - first);
            const auto at = bytes.begin() + static_cast<std::ptrdiff_t>(place);
            // Small numbers fit more often.
            const auto byte = static_cast<std::uint8_t>(random() % (random() % 2 == 0 ? 4 : 256));
            switch (random() % 8) {
                case 0: bytes.insert(at, byte); break;
                case 1: bytes.erase(at); break;
                case 2: *at ^= static_cast<std::uint8_t>(1U << random() % 8); break;
                default: *at = byte; break;
            }
        }
        if (is_plain) put_size(bytes, bytes.size() - 8);
        taken += use(bytes) ? 1 : 0;
    }
    EXPECT_GT(taken, 10U);
}

/// One of those that decide how frames hang together, changed at random: what is taken fits.
void change_calls(ChunkCalls& calls, std::mt19937& random) {
    const auto below = [&](std::size_t bound) {
        return static_cast<std::uint32_t>(random() % std::max<std::size_t>(bound, 1));
    };
    ChunkCalls::Frame& frame = calls.frames[below(calls.frames.size())];
    ChunkCalls::Frame& other = calls.frames[below(calls.frames.size())];
    ChunkCalls::Base& base = calls.bases[below(calls.bases.size())];
    const std::uint32_t some = below(calls.frames.size() + 1);
    switch (below(12)) {
        case 0: frame.caller = below(static_cast<std::size_t>(&frame - calls.frames.data())); break;
        case 1: frame.caller = some; break;
        case 2: frame.function = below(2) == 0 ? kNoIndex : some; break;
        case 3: frame.return_to = below(2) == 0 ? kNoIndex : some; break;
        case 4: std::swap(frame.steps, other.steps); break;
        case 5: frame.calls = some; break;
        case 6: base.frame = some; break;
        case 7: base.left = below(base.frame); break;
        case 8: base.left = some; break;
        case 9: base.returned_to = below(2) == 0 ? kNoIndex : some; break;
        case 10: calls.last = below(calls.frames.size()); break;
        default: {  // one base more
            const auto at = static_cast<std::uint32_t>(&frame - calls.frames.data());
            frame.caller = at;
            const auto behind = std::ranges::find_if(
                calls.bases, [at](const ChunkCalls::Base& known) { return known.frame >= at; });
            if (behind == calls.bases.end() || behind->frame != at)
                calls.bases.insert(behind, {.frame = at, .left = below(at), .returned_to = some});
        }
    }
}

TEST_F(Results, OfCallsThatHangTogetherInAnyOtherWayDoNoHarm) {
    std::mt19937 random(1);
    std::size_t taken = 0;
    for (int round = 0; round < 5000; ++round) {
        WorkResult result = right();
        for (std::uint64_t changes = 1 + random() % 5; changes > 0; --changes)
            change_calls(result.calls[random() % kCount], random);
        taken += use(encode_work_result(result)) ? 1 : 0;
    }
    EXPECT_GT(taken, 500U);
}

}  // namespace
}  // namespace reprise::cluster
