// "Did you mean": names nearby, and names that other tools use.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace ntkc::sema {

// What the language calls something that another tool calls `name`; empty if it is not known.
std::string_view foreign_name(std::string_view name);

// The help for an unknown name: the language's name for another tool's, else the nearest candidate; empty if none is near.
std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates);

// Why a layer of other tools has no kernel here, and what to do instead.
struct Excluded {
  std::string_view name, reason, help;
};
const Excluded* excluded(std::string_view name);  // nullptr if it is not one of them

}  // namespace ntkc::sema
