// An expression made ready for many values of x: its distinct parts in order, constants in the number type T. Both branches of a select are
// computed; what is not a number in the one not taken does no harm.
#pragma once
#include <unordered_map>

#include "expr/apply.hpp"
#include "numeric/real.hpp"

namespace ntkc::expr {

template <class T>
class Tape {
 public:
  Tape(const Expr& e, const ParamValues& params) { add(e, params), values_.resize(steps_.size()); }

  T operator()(const T& x) {
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      const Step& step = steps_[i];
      if (step.kind == Expr::Kind::variable) {
        values_[i] = x;
      } else if (step.kind == Expr::Kind::call) {
        T args[kMostArguments];
        for (int k = 0; k < arity(step.function); ++k) args[k] = values_[step.args[k]];
        values_[i] = apply<T>(step.function, args);
      } else {
        values_[i] = step.number;
      }
    }
    return values_.back();
  }

 private:
  struct Step {
    Expr::Kind kind;
    Function function{};
    std::size_t args[kMostArguments] = {};
    T number{};
  };

  std::size_t add(const Expr& e, const ParamValues& params) {
    if (const auto known = places_.find(e.identity()); known != places_.end()) return known->second;
    Step step{e.kind()};
    if (e.is_constant()) step.number = T(numeric::value(e.value()));
    if (e.kind() == Expr::Kind::param) step.number = T(params.at(e.param_name()));
    if (e.kind() == Expr::Kind::call) {
      step.function = e.function();
      for (std::size_t k = 0; k < e.args().size(); ++k) step.args[k] = add(e.args()[k], params);
    }
    steps_.push_back(std::move(step));
    return places_[e.identity()] = steps_.size() - 1;
  }

  std::vector<Step> steps_;
  std::vector<T> values_;
  std::unordered_map<const void*, std::size_t> places_;  // looked up, never iterated
};

}  // namespace ntkc::expr
