// Names for readers and targets: C++ identifiers that are no keyword, each once.
#pragma once
#include <set>
#include <string>
#include <string_view>

namespace ntkc::plan {

bool is_keyword(std::string_view word);  // of C or C++
std::string identifier(
    std::string_view text);  // letters, digits and single underscores of it; a keyword gets a trailing underscore; may be empty

class Names {
 public:
  // `wish` if it is free, else wish2, wish3, …; v1, v2, … without a wish.
  std::string unique(std::string_view wish);
  void take(std::string name) { taken_.insert(std::move(name)); }

 private:
  std::set<std::string, std::less<>> taken_;
  unsigned anonymous_ = 0;
};

}  // namespace ntkc::plan
