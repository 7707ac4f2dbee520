// f(x) = scale x above 0 and scale depth (exp(rate x) - 1) below: elu, selu, celu.
#pragma once
#include "activations/forms.hpp"

namespace ntkc::activations {

struct Saturation {
  expr::Expr scale, depth, rate;
};
using SaturationOf = Saturation (*)(const graph::Args&);

Form saturating_dual(ir::Builder& b, const Saturation& s, const ir::Builder::Covariance& k, int i, int j);
Form saturating_distance(ir::Builder& b, const Saturation& s, const ir::Builder::Covariance& k);
Form saturating_gram(ir::Builder& b, const Saturation& s, const ir::Builder::Covariance& k);

template <SaturationOf saturation>
Closed saturating() {
  Closed closed;
  closed.dual = [](ir::Builder& b, const graph::Args& args, const ir::Builder::Covariance& k, int i, int j) {
    return saturating_dual(b, saturation(args), k, i, j);
  };
  closed.distance = [](ir::Builder& b, const graph::Args& args, const ir::Builder::Covariance& k) {
    return saturating_distance(b, saturation(args), k);
  };
  closed.gram = [](ir::Builder& b, const graph::Args& args, const ir::Builder::Covariance& k) {
    return saturating_gram(b, saturation(args), k);
  };
  closed.error = 2e-15;
  return closed;
}

}  // namespace ntkc::activations
