// Diagnostics are data: what went wrong, where, and how to mend it. Texts live in diagnostics.def.
#pragma once
#include <fmt/format.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "support/source.hpp"

namespace ntkc {

enum class Severity { error, warning };

enum class Code : std::uint16_t {
#define NTK_DIAGNOSTIC(number, severity, name, text, paragraph, example) name = number,
#include "support/diagnostics.def"
#undef NTK_DIAGNOSTIC
};

// One row of diagnostics.def. `text` is a fmt format; `paragraph` and `example` are for `ntkc explain`.
struct CodeInfo {
  Code code;
  Severity severity;
  std::string_view name, text, paragraph, example;
};
std::span<const CodeInfo> all_codes();  // in order of number
const CodeInfo& info(Code code);
std::string spelling(Code code);  // NTK0123

struct Note {
  Span span;
  std::string message;
};

struct Diagnostic {
  Code code{};
  Severity severity = Severity::error;
  Span span;
  bool has_span = true;  // false: about the command, a data file, a whole run
  std::string message;
  std::vector<Note> notes;
  std::string help;

  Diagnostic& note(Span where, std::string what);
  Diagnostic& suggest(std::string what);
};

// Collects what a stage has to say. Order of report is kept; printing sorts by place.
class Diagnostics {
 public:
  template <class... Args>
  Diagnostic& report(Code code, Span span, const Args&... args) {
    return add(code, span, true, fmt::format(fmt::runtime(info(code).text), args...));
  }
  template <class... Args>
  Diagnostic& report_global(Code code, const Args&... args) {
    return add(code, {}, false, fmt::format(fmt::runtime(info(code).text), args...));
  }
  bool has_errors() const { return errors_ > 0; }
  const std::vector<Diagnostic>& all() const { return list_; }
  void append(const Diagnostics& other);
  // Keeps those for which `keep(diagnostic)` is true; it may change them (a warning into an error).
  template <class Keep>
  void revise(const Keep& keep) {
    std::erase_if(list_, [&](Diagnostic& d) { return !keep(d); });
    errors_ = 0;
    for (const Diagnostic& d : list_) errors_ += d.severity == Severity::error;
  }

 private:
  Diagnostic& add(Code code, Span span, bool has_span, std::string message);
  std::vector<Diagnostic> list_;
  std::size_t errors_ = 0;
};

}  // namespace ntkc
