// What share of the whole each channel is.
#pragma once
#include <map>

#include "finite/model.hpp"

namespace ntkc::finite {

using ConcatWeights = std::map<Id, std::vector<double>>;  // of the parts of each concat

// Parts of a concat have the shares that the spec gives them, whatever their widths: fills the factors of affine maps and the shares of
// means. False where values of different shares meet.
bool share_channels(Model& model, const ConcatWeights& weights);

}  // namespace ntkc::finite
