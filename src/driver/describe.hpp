// What the compiler knows about a network, for people and programs: `ntkc info`, notes in generated files.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "driver/pipeline.hpp"
#include "expr/lipschitz.hpp"
#include "passes/duals.hpp"
#include "plan/choice.hpp"

namespace ntkc::driver {

struct LayerLine {
  int depth = 0;          // loops around it
  std::string name;       // "dense", "relu", "loop 3"
  std::string arguments;  // those that were given
  std::string shape;      // what comes out: "[784]", "[?]" where no width is known
  std::string label;
};

struct ActivationFacts {
  std::string use, formula, source;
  std::vector<std::string> kinks, jumps;  // of endless ones those within 10
  bool endless = false;
  std::optional<expr::Lipschitz> lipschitz;  // nothing where the activation is a kernel only
  std::string method = "closed form";        // how expectations of it are evaluated
  bool is_closed() const { return method == "closed form"; }
  bool has_params = false;
  // Of kappa and kappa-dot, relative to sqrt(kappa(q1, q1, q1) kappa(q2, q2, q2)), at the default values of params.
  std::optional<passes::Bound> error;
};

// Two different activations in one expectation that has no closed form.
struct PairFacts {
  std::string phi, psi, method;
  bool has_params = false;
  std::optional<passes::Bound> error;  // as of one
};

// chi1 = sigma_w^2 E[phi'(u)^2], u ~ N(0, q), of the last activation that follows a dense layer (Schoenholz et al. 2017, eq. 5). q is the
// fixed point of q -> sigma_w^2 E[phi(u)^2] + sigma_b^2 if the iteration from q = sigma_w^2 + sigma_b^2 finds one, else where it stood
// after 1000 rounds.
struct Phase {
  std::string activation;
  double chi1 = 0, q = 0;
  bool fixed_point = false;
  const char* name() const;  // ordered, critical, chaotic
};

// The error of a network's kernels, relative to sqrt(k(x,x) k(y,y)) and to first order, from the bounds of its expectations; beside that of
// the inputs' inner products.
struct NetworkError {
  double nngp = 0, ntk = 0;
  double sum = 0;  // of the bounds of all expectations for nngp
  double largest_variance = 0;
};

struct Cost {  // operations of the plan, and numbers that a sample leaves for its pairs
  double per_pair = 0, per_sample = 0, numbers_per_sample = 0;
};

struct NetworkFacts {
  std::string name;
  std::vector<LayerLine> layers;
  std::vector<graph::Param> params;
  std::optional<double> parameters;        // P, for given widths; a last dense without a width counts as one output
  std::vector<std::string> without_width;  // layers for want of whose width P is unknown
  std::vector<ActivationFacts> activations;
  std::vector<PairFacts> pairs;
  std::optional<Phase> phase;
  std::optional<NetworkError> error;
  Cost cost;
  plan::Choice choice;
};

NetworkFacts facts(const Compilation& compilation, std::size_t i);
std::optional<Phase> phase(const graph::Network& network);
// nullopt: a layer or an activation through which errors are not followed.
std::optional<NetworkError> network_error(const graph::Network& network, const std::vector<ActivationFacts>& activations,
                                          const std::vector<PairFacts>& pairs);

expr::ParamValues values(const graph::Network& network);  // defaults of params
std::vector<double> break_places(const expr::Expr& phi, const expr::ParamValues& params);
std::string spelled(const graph::ActivationUse& use);
// E[f(u)^2], u ~ N(0, q).
double second_moment(const expr::Expr& f, const std::vector<double>& breaks, double q, const expr::ParamValues& params);

// Lipschitz constants and certificates take a moment: only where asked.
std::vector<ActivationFacts> activation_facts(const Compilation& compilation, std::size_t i, bool bounds);

std::vector<PairFacts> pair_facts(const Compilation& compilation, std::size_t i, bool bounds);

std::string to_text(const NetworkFacts& facts);
nlohmann::ordered_json to_json(const NetworkFacts& facts);

// Lines about network number i for a generated file: its layers, then each activation with formula, source and method.
std::vector<std::string> notes(const Compilation& compilation, std::size_t i);

}  // namespace ntkc::driver
