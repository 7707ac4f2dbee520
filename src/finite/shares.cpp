#include "finite/shares.hpp"

namespace ntkc::finite {
namespace {

using Shares = Eigen::VectorXd;  // empty: all channels alike

class Sharing {
 public:
  Sharing(Model& model, const ConcatWeights& weights) : model_(model), weights_(weights), shares_(model.ops.size()) {}

  bool run() {
    for (Id id = 0; id < model_.ops.size(); ++id) std::visit([&](auto& op) { shares_[id] = of(op, id); }, model_.ops[id].what);
    return good_;
  }

 private:
  Shares of(Input&, Id) { return {}; }
  Shares of(Affine& op, Id) {
    if (const Shares& s = shares_[op.h]; s.size()) op.factors = (s * double(s.size())).cwiseSqrt().transpose();
    return {};
  }
  Shares of(Map& op, Id) { return shares_[op.h]; }
  Shares of(Masked& op, Id) { return shares_[op.h]; }
  Shares of(Spread&, Id) { return {}; }
  Shares of(Mean& op, Id) {
    op.shares = written_out(op.h);
    return {};
  }
  Shares of(Sum& op, Id) {
    Shares common;
    for (const auto& [weight, term] : op.terms) meet(common, shares_[term]);
    return common;
  }
  Shares of(Multiply& op, Id) {
    Shares common;
    for (const Id factor : op.factors) meet(common, shares_[factor]);
    return common;
  }
  Shares of(Concat& op, Id id) {
    const std::vector<double>& weights = weights_.at(id);
    double total = 0;
    for (const double w : weights) total += w;
    const auto channels = static_cast<Eigen::Index>(model_.ops[id].channels);
    Shares out(channels);
    Eigen::Index at = 0;
    for (std::size_t i = 0; i < op.parts.size(); ++i) {
      const Shares part = written_out(op.parts[i]) * (weights[i] / total);
      out.segment(at, part.size()) = part;
      at += part.size();
    }
    const bool alike = (out.array() * double(channels) - 1).abs().maxCoeff() < 1e-12;  // rounding of the sums
    return alike ? Shares() : out;
  }

  Shares written_out(Id id) const {
    const auto channels = static_cast<Eigen::Index>(model_.ops[id].channels);
    return shares_[id].size() ? shares_[id] : Shares::Constant(channels, 1 / double(channels));
  }
  // Where all channels of a term are alike, it fits any shares.
  void meet(Shares& common, const Shares& other) {
    if (!other.size()) return;
    good_ = good_ && (!common.size() || common.isApprox(other));
    common = other;
  }

  Model& model_;
  const ConcatWeights& weights_;
  std::vector<Shares> shares_;
  bool good_ = true;
};

}  // namespace

bool share_channels(Model& model, const ConcatWeights& weights) { return Sharing(model, weights).run(); }

}  // namespace ntkc::finite
