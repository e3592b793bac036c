/// @file
/// How far work has come, on a terminal.
#pragma once

#include <cstdint>
#include <string>

#include "cli/guest_run.h"
#include "trace/recorder.h"

namespace reprise::cli {

/// One line on standard error, from the first second on, that goes away at the end. Only where
/// standard error is a terminal and standard output is not, so that they do not mix.
class Progress {
public:
    /// @param verb  "traced", say.
    explicit Progress(std::string verb);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    void show(std::uint64_t steps);
    /// A line of one's own.
    void show_text(const std::string& text);

private:
    bool is_due();

    const std::string verb_;
    const bool is_shown_;
    const Clock::time_point start_ = Clock::now();
    double last_ = 0.8;  ///< when it was shown last, in seconds from the start
    bool is_on_screen_ = false;
};

/// Shows what has been recorded.
class ProgressConsumer final : public ChunkConsumer {
public:
    void take(SharedChunk chunk) override { progress_.show(chunk->start.step + chunk->steps); }

private:
    Progress progress_{"traced"};
};

}  // namespace reprise::cli
