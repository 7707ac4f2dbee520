#include "support/diagnostics.hpp"

#include <algorithm>
#include <array>

namespace ntkc {
namespace {

constexpr CodeInfo kCodes[] = {
#define NTK_DIAGNOSTIC(number, severity, name, text, paragraph, example) {Code::name, Severity::severity, #name, text, paragraph, example},
#include "support/diagnostics.def"
#undef NTK_DIAGNOSTIC
};
static_assert(std::ranges::is_sorted(kCodes, std::ranges::less_equal{}, &CodeInfo::code) &&
                  std::ranges::adjacent_find(kCodes, {}, &CodeInfo::code) == std::end(kCodes),
              "diagnostics.def: numbers ascend and are used once");

}  // namespace

std::span<const CodeInfo> all_codes() { return kCodes; }

const CodeInfo& info(Code code) { return *std::ranges::lower_bound(kCodes, code, {}, &CodeInfo::code); }

std::string spelling(Code code) { return fmt::format("NTK{:04}", static_cast<unsigned>(code)); }

Diagnostic& Diagnostic::note(Span where, std::string what) {
  notes.push_back({where, std::move(what)});
  return *this;
}

Diagnostic& Diagnostic::suggest(std::string what) {
  help = std::move(what);
  return *this;
}

Diagnostic& Diagnostics::add(Code code, Span span, bool has_span, std::string message) {
  const Severity severity = info(code).severity;
  errors_ += severity == Severity::error;
  list_.push_back({code, severity, span, has_span, std::move(message), {}, {}});
  return list_.back();
}

void Diagnostics::append(const Diagnostics& other) {
  list_.insert(list_.end(), other.list_.begin(), other.list_.end());
  errors_ += other.errors_;
}

}  // namespace ntkc
