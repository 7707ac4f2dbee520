// Rigorous bounds of expressions over an interval of the variable.
#pragma once
#include <span>
#include <unordered_map>

#include "expr/growth.hpp"

namespace ntkc::expr {

// Several expressions without params, their common parts evaluated once.
class Bounds {
 public:
  // Without `ahead` functions are not looked ahead of (growth.hpp), for which every argument is differentiated.
  explicit Bounds(const std::vector<Expr>& expressions, bool ahead = true);
  // For a variable that stays in x. From 1 upward, growth at infinity is used as well.
  std::vector<Range> operator()(Interval x) const;
  std::size_t size() const { return steps_.size(); }

 private:
  struct Step {
    Expr::Kind kind;
    Function function{};
    std::vector<std::uint32_t> args = {};
    std::uint32_t slope = 0;  // of the argument of a function that looks ahead
    Interval constant{0, 0};
  };
  std::uint32_t add(const Expr& e);
  Range step(const Step& s, std::span<const Range> values, Interval x) const;

  bool ahead_;
  std::vector<Step> steps_;
  std::vector<std::uint32_t> roots_;
  std::vector<Expr> kept_;  // whose identities the table knows
  std::unordered_map<const void*, std::uint32_t> known_;
};

}  // namespace ntkc::expr
