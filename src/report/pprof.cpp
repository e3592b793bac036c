/// pprof's format: Protocol Buffers, compressed by gzip.
/// Sources: proto/profile.proto of pprof; the encoding of Protocol Buffers; RFC 1952.
#include <libdeflate.h>

#include <memory>
#include <new>
#include <unordered_map>

#include "base/varint.h"
#include "report/profile_formats.h"
#include "report/stacks.h"

namespace reprise {

namespace {

/// A message of Protocol Buffers: fields one after the other.
class Message {
public:
    void number(unsigned field, std::uint64_t value) {
        varint(field << 3);
        varint(value);
    }
    void bytes(unsigned field, const std::string& value) {
        constexpr unsigned kLengthDelimited = 2;
        varint(field << 3 | kLengthDelimited);
        varint(value.size());
        text_ += value;
    }
    void message(unsigned field, const Message& value) { bytes(field, value.text_); }
    void varint(std::uint64_t value) { append_varint(text_, value); }
    const std::string& text() const { return text_; }

private:
    std::string text_;
};

/// The table of strings that messages refer to by number.
class Strings {
public:
    Strings() { number_of(""); }
    std::uint64_t number_of(const std::string& text) {
        const auto [at, is_new] = numbers_.emplace(text, numbers_.size());
        if (is_new) all_.push_back(text);
        return at->second;
    }
    const std::vector<std::string>& all() const { return all_; }

private:
    std::unordered_map<std::string, std::uint64_t> numbers_;
    std::vector<std::string> all_;
};

std::string gzip(const std::string& text) {
    constexpr int kLevel = 6;
    const std::unique_ptr<libdeflate_compressor, void (*)(libdeflate_compressor*)> compressor(
        libdeflate_alloc_compressor(kLevel), libdeflate_free_compressor);
    if (!compressor) throw std::bad_alloc();
    std::string result(libdeflate_gzip_compress_bound(compressor.get(), text.size()), '\0');
    result.resize(libdeflate_gzip_compress(compressor.get(), text.data(), text.size(),
                                           result.data(), result.size()));
    return result;
}

// Numbers of fields in profile.proto.
namespace field {
enum : unsigned {
    kSampleType = 1,
    kSample = 2,
    kLocation = 4,
    kFunction = 5,
    kStringTable = 6,
    kPeriodType = 11,
    kPeriod = 12,
    kValueType = 1,
    kValueUnit = 2,
    kSampleLocation = 1,
    kSampleValue = 2,
    kLocationId = 1,
    kLocationAddress = 3,
    kLocationLine = 4,
    kLineFunction = 1,
    kFunctionId = 1,
    kFunctionName = 2,
    kFunctionSystemName = 3,
    kFunctionFile = 4,
    kFunctionLine = 5,
    kLineLine = 2
};
}

Message sample(const Stacks& stacks, std::uint32_t frame) {
    Message locations, sample;
    const std::vector<std::uint32_t> stack = stacks.stack_of(frame);
    for (auto at = stack.rbegin(); at != stack.rend(); ++at)  // innermost first
        locations.varint(*at + std::uint64_t{1});
    sample.message(field::kSampleLocation, locations);
    sample.number(field::kSampleValue, stacks.frames()[frame].steps);
    return sample;
}

}  // namespace

std::string profile_pprof(const Profile& profile) {
    Strings strings;
    Message all, type;
    type.number(field::kValueType, strings.number_of("steps"));
    type.number(field::kValueUnit, strings.number_of("count"));
    all.message(field::kSampleType, type);
    const Stacks stacks(profile);
    for (std::uint32_t i = 0; i < stacks.frames().size(); ++i) {
        if (stacks.frames()[i].steps != 0) all.message(field::kSample, sample(stacks, i));
    }
    // A location for each function; numbers start at 1.
    for (std::uint64_t i = 0; i < profile.functions.size(); ++i) {
        Message line, location, function;
        const std::uint64_t name = strings.number_of(printable(profile.functions[i].name));
        function.number(field::kFunctionId, i + 1);
        function.number(field::kFunctionName, name);
        function.number(field::kFunctionSystemName, name);
        line.number(field::kLineFunction, i + 1);
        if (const auto& source = profile.functions[i].source) {
            function.number(field::kFunctionFile, strings.number_of(printable(source->file)));
            function.number(field::kFunctionLine, source->line);
            line.number(field::kLineLine, source->line);
        }
        location.number(field::kLocationId, i + 1);
        location.number(field::kLocationAddress, profile.functions[i].address);
        location.message(field::kLocationLine, line);
        all.message(field::kLocation, location);
        all.message(field::kFunction, function);
    }
    all.message(field::kPeriodType, type);
    all.number(field::kPeriod, 1);
    for (const std::string& text : strings.all())
        all.bytes(field::kStringTable, text);
    return gzip(all.text());
}

}  // namespace reprise
