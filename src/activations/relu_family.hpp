// f(x) = a min(x, 0) + b max(x, 0): relu, leaky_relu, abs, ab_relu.
// Sources: Cho & Saul 2009; Tsuchida et al. 2018 (leaky); D and gram after a rectifier: 1 - rho' = 2 sin^2(t/2) - (sin t - t cos t)/pi for
// the ReLU.
#pragma once
#include "activations/forms.hpp"

namespace ntkc::activations {

struct Slopes {
  expr::Expr a, b;  // below and above 0
};
using SlopesOf = Slopes (*)(const graph::Args&);

Form rectifier_dual(ir::Builder& b, const Slopes& s, const ir::Builder::Covariance& k, int i, int j);
Form rectifier_mean(ir::Builder& b, const Slopes& s, Value q, int order);
Form rectifier_distance(ir::Builder& b, const Slopes& s, const ir::Builder::Covariance& k);
Form rectifier_gram(ir::Builder& b, const Slopes& s, const ir::Builder::Covariance& k);
expr::Expr rectifier_phi(const Slopes& s);

template <SlopesOf slopes>
Closed rectifier() {
  Closed closed;
  closed.dual = [](ir::Builder& b, const graph::Args& args, const ir::Builder::Covariance& k, int i, int j) {
    return rectifier_dual(b, slopes(args), k, i, j);
  };
  closed.mean = [](ir::Builder& b, const graph::Args& args, Value q, int order) { return rectifier_mean(b, slopes(args), q, order); };
  closed.distance = [](ir::Builder& b, const graph::Args& args, const ir::Builder::Covariance& k) {
    return Form(rectifier_distance(b, slopes(args), k));
  };
  closed.gram = [](ir::Builder& b, const graph::Args& args, const ir::Builder::Covariance& k) {
    return Form(rectifier_gram(b, slopes(args), k));
  };
  return closed;
}

}  // namespace ntkc::activations
