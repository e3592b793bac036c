#include "cluster/names.h"

#include <fmt/format.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>

#include "base/error.h"

namespace reprise::cluster {

namespace {

constexpr std::size_t kLargestClean = 1024;  ///< small enough to stand in another text

bool is_word_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
}

}  // namespace

bool is_job_id(std::string_view text) {
    return text.size() == 16 && std::ranges::all_of(text, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

std::string random_id() {
    std::array<std::uint8_t, 8> bytes{};
    if (RAND_bytes(bytes.data(), bytes.size()) != 1) throw Error("no random numbers to be had");
    return fmt::format("{:02x}", fmt::join(bytes, ""));
}

bool is_worker_name(std::string_view text) {
    return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, is_word_character);
}

std::string clean_text(std::string_view text) {
    std::string clean(text.substr(0, kLargestClean));
    for (char& c : clean) {
        if (static_cast<unsigned char>(c) < ' ' || static_cast<unsigned char>(c) > '~') c = '?';
    }
    return clean;
}

std::string job_subject(const JobId& job) {
    return "reprise.job." + job;
}
std::string record_subject(const JobId& job, std::uint64_t task) {
    return fmt::format("reprise.job.{}.task.{}", job, task);
}
std::string records_subject(const JobId& job) {
    return fmt::format("reprise.job.{}.task.*", job);
}
std::string input_subject(const JobId& job) {
    return fmt::format("reprise.job.{}.input", job);
}
std::string snapshot_subject(const JobId& job, const std::string& epoch, std::uint64_t chunks) {
    return fmt::format("reprise.snapshot.{}.{}.{}", job, epoch, chunks);
}
std::string snapshots_subject(const JobId& job) {
    return fmt::format("reprise.snapshot.{}.>", job);
}
std::string program_subject(const Hash& file) {
    return "reprise.program." + to_hex(file);
}
std::string chunks_subject(const JobId& job) {
    return fmt::format("reprise.chunk.{}.>", job);
}
std::string chunks_subject(const JobId& job, const std::string& epoch, std::uint64_t task) {
    return fmt::format("reprise.chunk.{}.{}.{}", job, epoch, task);
}
std::string task_subject(const JobId& job) {
    return "reprise.task." + job;
}
std::string result_subject(const JobId& job, std::uint64_t task) {
    return fmt::format("reprise.result.{}.{}", job, task);
}
std::string results_subject(const JobId& job) {
    return fmt::format("reprise.result.{}.*", job);
}
std::string result_part_subject(const JobId& job, std::uint64_t task, const std::string& nonce) {
    return fmt::format("reprise.result.{}.{}.{}", job, task, nonce);
}
std::string result_parts_subject(const JobId& job) {
    return fmt::format("reprise.result.{}.>", job);
}

}  // namespace reprise::cluster
