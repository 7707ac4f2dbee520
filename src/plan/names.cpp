#include "plan/names.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ntkc::plan {
namespace {

constexpr std::string_view kKeywords[] = {
    "alignas",   "alignof",  "and",      "and_eq",   "asm",          "auto",       "bitand",       "bitor",         "bool",
    "break",     "case",     "catch",    "char",     "char16_t",     "char32_t",   "char8_t",      "class",         "co_await",
    "co_return", "co_yield", "compl",    "concept",  "const",        "const_cast", "consteval",    "constexpr",     "constinit",
    "continue",  "decltype", "default",  "delete",   "do",           "double",     "dynamic_cast", "else",          "enum",
    "explicit",  "export",   "extern",   "false",    "float",        "for",        "friend",       "goto",          "if",
    "inline",    "int",      "long",     "mutable",  "namespace",    "new",        "noexcept",     "not",           "not_eq",
    "nullptr",   "operator", "or",       "or_eq",    "private",      "protected",  "public",       "register",      "reinterpret_cast",
    "requires",  "restrict", "return",   "short",    "signed",       "sizeof",     "static",       "static_assert", "static_cast",
    "struct",    "switch",   "template", "this",     "thread_local", "throw",      "true",         "try",           "typedef",
    "typeid",    "typename", "union",    "unsigned", "using",        "virtual",    "void",         "volatile",      "wchar_t",
    "while",     "xor",      "xor_eq"};

bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

bool is_keyword(std::string_view word) { return std::binary_search(std::begin(kKeywords), std::end(kKeywords), word); }

std::string identifier(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (letter(c) || (digit(c) && !out.empty()))
      out += c;
    else if (!out.empty() && out.back() != '_')
      out += '_';  // two underscores in a row are the implementation's
  }
  if (is_keyword(out)) out += '_';
  return out;
}

std::string Names::unique(std::string_view wish) {
  auto base = identifier(wish);
  if (base.empty()) {
    do base = fmt::format("v{}", ++anonymous_);
    while (taken_.contains(base));
  }
  auto name = base;
  const bool separate = digit(base.back()) || base.back() == '_';
  for (unsigned i = 2; taken_.contains(name); ++i) name = fmt::format("{}{}{}", base, separate && base.back() != '_' ? "_" : "", i);
  taken_.insert(name);
  return name;
}

}  // namespace ntkc::plan
