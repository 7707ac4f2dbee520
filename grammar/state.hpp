// What the grammar carries along: depth, and the words for its failures and where to go on after them.
#pragma once
#include <string_view>
#include <vector>

#include "ast/ast.hpp"
#include "grammar/token.hpp"
#include "support/diagnostics.hpp"

namespace ntkc::grammar {

// Thrown to leave the grammar at once where there is no way to go on; the fault is already reported.
struct Abandon {};

class State {
 public:
  State(const Sources& sources, std::uint32_t file, Diagnostics& diagnostics);

  // Before the grammar: encoding and comments, brackets noted. False: the text cannot be parsed.
  bool scan(std::vector<ast::Comment>& comments);

  const char* begin() const { return begin_; }
  const char* end() const { return end_; }
  Span span(const char* from, const char* to) const;
  Diagnostic& report(Code code, std::string_view where) { return report_at(code, where, where); }
  template <class... Args>
  Diagnostic& report_at(Code code, std::string_view where, const Args&... args) {
    return diagnostics_.report(code, span(where.data(), where.data() + where.size()), args...);
  }

  int depth = 0;
  void deepen(const char* where, int levels = 1);  // throws Abandon beyond kMaxNesting

  // Reports that `which` (a rule's name or a terminal's text) was expected at `where`, unless a fault there was just reported.
  // Returns the place from which to look for more: behind a word that was meant as a name.
  const char* expected(const char* where, std::string_view which);
  // Where to go on after a fault at `where` in what began at `start`: the next statement or the end of its body, the next item.
  const char* after_statement(const char* start, const char* where) const;
  const char* after_item(const char* start, const char* where) const;

 private:
  std::vector<const char*> open_brackets(const char* where) const;
  bool first_on_line(const char* at) const;

  const char* base_;   // offset 0
  const char* begin_;  // behind a byte order mark
  const char* end_;
  std::uint32_t file_;
  Diagnostics& diagnostics_;
  std::vector<const char*> brackets_;  // and semicolons
  const char* last_failure_ = nullptr;
  int failures_ = 0;
};

}  // namespace ntkc::grammar
