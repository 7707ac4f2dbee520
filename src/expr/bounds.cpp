#include "expr/bounds.hpp"

#include <boost/container/small_vector.hpp>

namespace ntkc::expr {

Bounds::Bounds(const std::vector<Expr>& expressions, bool ahead) : ahead_(ahead) {
  for (const Expr& e : expressions) roots_.push_back(add(e));
}

std::uint32_t Bounds::add(const Expr& e) {
  if (const auto found = known_.find(e.identity()); found != known_.end()) return found->second;
  Step step{e.kind()};
  if (e.is_constant()) step.constant = interval(e.value());
  if (e.kind() == Expr::Kind::call) {
    step.function = e.function();
    for (const Expr& arg : e.args()) step.args.push_back(add(arg));
    if (ahead_ && looks_ahead(e.function())) step.slope = add(derivative(e.args()[0]));
  }
  steps_.push_back(std::move(step));
  kept_.push_back(e);
  return known_[e.identity()] = static_cast<std::uint32_t>(steps_.size() - 1);
}

Range Bounds::step(const Step& s, std::span<const Range> values, Interval x) const {
  if (s.kind == Expr::Kind::constant) return {s.constant};
  if (s.kind != Expr::Kind::call) return {x};
  Range args[3];
  for (std::size_t i = 0; i < s.args.size(); ++i) args[i] = values[s.args[i]];
  return image(s.function, args);
}

std::vector<Range> Bounds::operator()(Interval x) const {
  const bool ahead = ahead_ && x.low >= 1 && x.low < x.high;
  boost::container::small_vector<Range, 32> values;
  std::vector<Range> at_start;
  std::vector<Growth> growths;
  for (const Step& s : steps_) {
    values.push_back(step(s, values, x));
    if (!ahead) continue;
    at_start.push_back(step(s, at_start, {x.low, x.low}));
    if (s.kind == Expr::Kind::constant) {
      growths.push_back(growth_within(s.constant));
    } else if (s.kind == Expr::Kind::variable) {
      growths.push_back(growth_of_variable());
    } else {
      Range args[3];
      Growth parts[3];
      for (std::size_t i = 0; i < s.args.size(); ++i) args[i] = values[s.args[i]], parts[i] = growths[s.args[i]];
      Ahead first;
      if (looks_ahead(s.function)) first = {at_start[s.args[0]].value, values[s.slope].value};
      growths.push_back(growth(s.function, args, parts, first, values.back(), x.low));
      values.back().value = tightened(values.back().value, growths.back(), x.low);
    }
  }
  std::vector<Range> out;
  for (const std::uint32_t root : roots_) out.push_back(values[root]);
  return out;
}

}  // namespace ntkc::expr
