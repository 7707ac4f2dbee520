#include "sema/suggest.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "support/edit_distance.hpp"

namespace ntkc::sema {
namespace {

constexpr Excluded kExcluded[] = {
    {"max_pool", "the maximum of correlated Gaussians has no covariance in closed form", "use `avg_pool`"},
    {"softmax", "over channels it couples all of them, and its limit is not Gaussian",
     "end with `dense`; the kernel is that of the logits"},
    {"batch_norm", "it couples the samples of a batch, so there is no kernel of two samples", "use `layer_norm`"},
    {"group_norm", "its statistics are over groups of channels that grow with the width", "use `layer_norm(axes = all)`"},
    {"instance_norm", "it divides every channel by its own variance, which stays random at infinite width", "use `layer_norm(axes = all)`"},
    {"gru", "its gates are expectations over many correlated Gaussians", "use `scan` with `dense` and an activation"},
    {"lstm", "its gates are expectations over many correlated Gaussians", "use `scan` with `dense` and an activation"},
};

struct Alias {
  std::string_view elsewhere, here;
};
constexpr Alias kExcludedAliases[] = {{"MaxPool", "max_pool"},
                                      {"MaxPool2d", "max_pool"},
                                      {"maxpool", "max_pool"},
                                      {"Softmax", "softmax"},
                                      {"BatchNorm", "batch_norm"},
                                      {"BatchNorm2d", "batch_norm"},
                                      {"batchnorm", "batch_norm"},
                                      {"GroupNorm", "group_norm"},
                                      {"InstanceNorm", "instance_norm"},
                                      {"GRU", "gru"},
                                      {"LSTM", "lstm"}};

constexpr Alias kForeign[] = {
#define NTK_FOREIGN(elsewhere, here) {elsewhere, here},
#include "sema/foreign.def"
#undef NTK_FOREIGN
};

}  // namespace

std::string_view foreign_name(std::string_view name) {
  const auto found = std::ranges::find(kForeign, name, &Alias::elsewhere);
  return found == std::end(kForeign) ? std::string_view() : found->here;
}

std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates) {
  if (const auto here = foreign_name(name); !here.empty()) {
    const bool fits = std::ranges::find(candidates, here) != candidates.end() || here == "sum" || here == "product" || here == "concat" ||
                      here == "block";
    if (fits) return fmt::format("did you mean `{}`?", here);
  }
  constexpr std::size_t kLongestName = 100;  // longer ones are no misspelling of anything
  if (name.size() > kLongestName) return {};
  const std::string* best = nullptr;
  std::size_t least = std::max<std::size_t>(1, name.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t d = edit_distance(name, candidate);
    if (d < least) {
      least = d;
      best = &candidate;
    }
  }
  return best ? fmt::format("did you mean `{}`?", *best) : std::string();
}

const Excluded* excluded(std::string_view name) {
  if (const auto alias = std::ranges::find(kExcludedAliases, name, &Alias::elsewhere); alias != std::end(kExcludedAliases))
    name = alias->here;
  const auto found = std::ranges::find(kExcluded, name, &Excluded::name);
  return found == std::end(kExcluded) ? nullptr : found;
}

}  // namespace ntkc::sema
