// Names of values in texts: the hint, made a word and told apart by a number; v1, v2, ... where there is no hint.
#pragma once
#include <fmt/format.h>

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace ntkc::ir {

inline bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
inline bool is_digit(char c) { return c >= '0' && c <= '9'; }

class Names {
 public:
  void reserve(std::string name) { taken_.insert(std::move(name)); }

  std::string unique(std::string_view hint) {
    std::string base;
    for (const char c : hint) base += is_letter(c) || (is_digit(c) && !base.empty()) ? c : '_';
    if (base.empty()) {
      do base = fmt::format("v{}", ++anonymous_);
      while (taken_.contains(base));
    }
    std::string name = base;
    for (unsigned& i = count_[base]; taken_.contains(name);) name = fmt::format("{}_{}", base, ++i + 1);
    taken_.insert(name);
    return name;
  }

 private:
  std::set<std::string> taken_;
  std::map<std::string, unsigned> count_;
  unsigned anonymous_ = 0;
};

// The hint that a name stands for: none for v1, v2, ...
inline std::string hint_of(const std::string& name) {
  if (name.size() < 2 || name[0] != 'v') return name;
  return name.find_first_not_of("0123456789", 1) == std::string::npos ? "" : name;
}

}  // namespace ntkc::ir
