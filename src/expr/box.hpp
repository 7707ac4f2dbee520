// Rectangles of the complex plane that hold every value of an expression continued from the real axis: with them an expression is known to
// be analytic on a box, and is bounded there. Parts are intervals, rounded outward.
#pragma once
#include <optional>
#include <unordered_map>

#include "expr/interval.hpp"

namespace ntkc::expr {

struct Box {
  Interval re, im;
  double most() const;  // the largest |z| in it
};

// The values of f where its arguments lie in these boxes. nullopt: f may not be analytic there (a pole, a branch cut), or has none.
std::optional<Box> image(Function f, const Box* args);

// An expression without params whose conditions are resolved (pieces.hpp), ready for many boxes.
class Continued {
 public:
  explicit Continued(const Expr& e);
  // nullopt: e may not be analytic on all of z. Analytic on boxes that share points, e is one function on their union, because every
  // function has its principal branch.
  std::optional<Box> operator()(const Box& z) const;

 private:
  struct Step {
    Expr::Kind kind;
    Function function{};
    std::uint32_t args[3] = {};
    Interval constant{0, 0};
  };
  std::uint32_t add(const Expr& e);

  std::vector<Step> steps_;
  std::vector<Expr> kept_;  // whose identities the table knows
  std::unordered_map<const void*, std::uint32_t> known_;
};

}  // namespace ntkc::expr
