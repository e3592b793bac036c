/// `reprise new`: a guest project to begin with.
#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/messages.h"

namespace reprise::cli {

namespace {

namespace fs = std::filesystem;

struct NewOptions {
    std::string place;
    std::string language = "c";
};

/// Names become those of packages, files and targets.
void check_name(const std::string& name) {
    const auto is_plain = [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '_' || c == '-';
    };
    constexpr std::size_t kLongest = 64;
    if (name.empty() || name.size() > kLongest || !std::ranges::all_of(name, is_plain) ||
        std::isalpha(static_cast<unsigned char>(name[0])) == 0)
        throw Error(
            "'{}' is no name for a project: it wants a letter, then letters, digits, - and _",
            name);
}

/// Cargo refuses these.
void check_crate_name(const std::string& name) {
    for (const char* taken :
         {"build", "deps", "examples", "incremental", "reprise-guest", "test"}) {
        if (name == taken)
            throw Error("'{}' is no name for a package of Cargo: take another", name);
    }
}

/// Where the SDK lies: beside the command, as it is built, or around it, as it is installed.
fs::path find_sdk(const fs::path& command) {
    const fs::path folder = command.parent_path();
    for (const fs::path& sdk : {folder / "guest/sdk", folder.parent_path()}) {
        if (fs::is_directory(sdk / "lib/reprise-guest/new")) return sdk;
    }
    throw Error(
        "there is no SDK for guests with {}: build the target guest-sdk, or install it, too",
        command.string());
}

std::string replaced(std::string text, std::string_view what, const std::string& with) {
    for (std::size_t at = text.find(what); at != std::string::npos;
         at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
    return text;
}

/// A file of the project, from one in which places are marked.
template <class Fill>
void copy_filled(const fs::path& from, const fs::path& to, Fill fill) {
    std::ifstream source(from, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(source), {}};
    std::ofstream file(to, std::ios::binary);
    file << fill(text, to.filename() == "Makefile");
    file.close();
    if (!source || !file) throw Error("cannot write {}", to.string());
}

int make_project(const NewOptions& options) {
    fs::path place = fs::path(options.place).lexically_normal();
    if (!place.has_filename()) place = place.parent_path();  // "NAME/"
    const std::string name = place.filename().string();
    check_name(name);
    if (options.language == "rust") check_crate_name(name);
    const fs::path command = fs::read_symlink("/proc/self/exe");
    const fs::path sdk = find_sdk(command);
    const fs::path pattern = sdk / "lib/reprise-guest/new" / options.language;
    const auto fill = [&](const std::string& text, bool is_makefile) {
        const auto quoted = [&](const fs::path& path) {
            return is_makefile ? replaced(path.string(), "$", "$$") : path.string();
        };
        return replaced(replaced(replaced(text, "@NAME@", name), "@SDK@", quoted(sdk)), "@REPRISE@",
                        quoted(command));
    };

    if (fs::exists(fs::symlink_status(place))) throw Error("{} is there already", place.string());
    std::error_code error;
    fs::create_directories(place, error);
    if (error) throw Error("cannot create {}: {}", place.string(), error.message());
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(pattern)) {
        const fs::path to = place / entry.path().lexically_relative(pattern);
        if (entry.is_directory()) {
            fs::create_directory(to);
        } else {
            copy_filled(entry.path(), to, fill);
        }
    }
    say("reprise: {} is there. Next:\n  cd {}\n  make\n  make run\n  make trace\n", place.string(),
        place.string());
    return 0;
}

}  // namespace

void add_new(CLI::App& app, Action& chosen) {
    const auto options = std::make_shared<NewOptions>();
    CLI::App* const command = app.add_subcommand("new", "Begin a guest project in a new folder");
    command->add_option("NAME", options->place, "The folder; the project has its name")->required();
    command->add_option("--lang", options->language, "c, c++ or rust")
        ->check(CLI::IsMember({"c", "c++", "rust"}))
        ->capture_default_str();
    command->callback(
        [options, &chosen] { chosen = [options] { return make_project(*options); }; });
}

}  // namespace reprise::cli
