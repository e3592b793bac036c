/// @file
/// Runs that go on from snapshots, against the run that they were taken of.
#pragma once

#include <memory>

#include "base/file.h"
#include "program/program.h"
#include "trace/recorder.h"

namespace reprise::testing {

/// Records a guest, takes snapshots between its chunks, and goes on from some of them, with both
/// engines: that has to lead through the same chunks to the same end and output.
/// @param input  the private input.
void expect_resumable(const std::shared_ptr<const Program>& program, const Bytes& input,
                      const RecordOptions& options);

}  // namespace reprise::testing
