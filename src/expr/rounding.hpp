// How far values computed in double may be off: bounds carried forward with intervals, to first order in the errors and with what is left
// of the second (Higham 2002, chapter 3).
#pragma once
#include <optional>
#include <unordered_map>

#include "expr/bounds.hpp"

namespace ntkc::expr {

class Rounding {
 public:
  explicit Rounding(const Expr& e);  // without params, conditions resolved (pieces.hpp)

  struct Value {
    Interval range;
    double error;  // infinite: not known
  };
  // For x within an interval, itself wrong by at most so much.
  Value operator()(Interval x, double error) const;

 private:
  struct Step {
    Expr::Kind kind;
    Function function{};
    std::uint32_t args[3] = {};
    std::optional<Bounds> slope = {};  // of a function of one argument, or of a power
    Interval constant{0, 0};
  };
  std::uint32_t add(const Expr& e);

  std::vector<Step> steps_;
  std::vector<Expr> kept_;  // whose identities the table knows
  std::unordered_map<const void*, std::uint32_t> known_;
};

}  // namespace ntkc::expr
