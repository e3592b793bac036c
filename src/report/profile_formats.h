/// @file
/// Profiles in the formats that people and tools read. Every function returns the whole file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/profile.h"

namespace reprise {

/// The formats by name: "html", "table", "folded", "pprof" and "speedscope".
const std::vector<std::string>& profile_formats();
/// @param name  one of them; a table has 30 rows.
std::string format_profile(const Profile& profile, std::string_view name);

/// For a terminal: by function, self and with what it called (a recursion counts once), as steps
/// and percent, `rows` lines of functions at most.
std::string profile_table(const Profile& profile, std::size_t rows);

/// Folded stacks: "a;b;c 123" lines, as flamegraph.pl, inferno and speedscope take them.
std::string profile_folded(const Profile& profile);

/// pprof's profile.proto, gzip-compressed. Source: github.com/google/pprof, proto/profile.proto.
std::string profile_pprof(const Profile& profile);

/// speedscope's file format, type "sampled". Source: speedscope.app/file-format-schema.json.
std::string profile_speedscope(const Profile& profile);

/// A flame graph: one HTML page that needs nothing else and opens from disk.
std::string profile_html(const Profile& profile);
/// The page (flame_graph.html) with "@PROFILE@" where the data goes.
std::string_view flame_graph_page();

}  // namespace reprise
