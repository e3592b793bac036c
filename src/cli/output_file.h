/// @file
/// Files that commands write.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/descriptor.h"

namespace reprise::cli {

/// A place named on the command line.
struct NamedFile {
    const char* what;  ///< "the program"
    std::optional<std::string> path;
};

/// Before anything is opened to be written.
/// @param outputs  without a path, or "-": none.
/// @param inputs   without a path: standard input.
/// @throws Error if an output is one of the inputs or another output, by whatever name.
void check_files(const std::vector<NamedFile>& outputs, const std::vector<NamedFile>& inputs);

/// A file that is written when all is done. That it can be is known before; what was there before
/// stays until then.
class OutputFile {
public:
    /// @param what  what messages call its content.
    /// @param path  "-" is standard error.
    /// @throws Error if the file cannot be opened.
    OutputFile(const char* what, std::string path);

    /// Once.
    /// @throws Error if it cannot be written.
    void write(const std::string& content);

private:
    [[noreturn]] void fail() const;

    const char* what_;
    std::string path_;
    Descriptor file_;  ///< none for standard error
};

}  // namespace reprise::cli
