// Copies a program through a Builder: what no output needs is left behind, and what the builder knows about new operands is used at once.
// A pass is a hook that says which values get something else in their place.
#pragma once
#include <functional>
#include <optional>
#include <vector>

#include "ir/builder.hpp"

namespace ntkc::passes {

class Rewriter {
 public:
  // The new value for an old one, or nothing: then it is copied. Of an argument, the value that is carried in its place.
  using Hook = std::function<std::optional<ir::Value>(Rewriter&, ir::Value old)>;

  explicit Rewriter(const ir::Program& old) : old_(old), build_(made_) {}
  ir::Program run(const Hook& hook);
  ir::Value copy(ir::Value old);  // as it is, for hooks

  const ir::Program& old() const { return old_; }
  ir::Builder& build() { return build_; }
  const ir::Node& node(ir::Value old) const { return old_.nodes[old]; }
  bool known(ir::Value old) const { return now_[old] != kNothing; }  // it has been copied already
  ir::Value now(ir::Value old) const { return now_[old]; }
  ir::Value operand(ir::Value old, std::size_t i) const { return now_[old_.nodes[old].operands[i]]; }
  ir::Value loop_of(ir::BlockId block) const { return loop_of_[block]; }  // the old loop with this body
  ir::Value result(ir::Value argument);                                   // the new result of the carry of an old argument
  std::uint32_t activation(std::uint32_t old);
  ir::Builder::Covariance covariance(ir::Value old) const;  // the operands of an expectation

 private:
  static constexpr std::uint32_t kNothing = 0xFFFFFFFF;
  ir::Value argument(ir::Value old);
  ir::Value loop(ir::Value old);

  const ir::Program& old_;
  ir::Program made_;
  ir::Builder build_;
  std::vector<ir::Value> now_, loop_of_;
  std::vector<ir::BlockId> block_;            // old body -> new body
  std::vector<std::uint32_t> index_;          // of an old argument among the carries of the new body; kNothing: it is no carry any more
  std::vector<std::vector<ir::Value>> kept_;  // of an old body: the arguments that stay
  std::vector<std::uint32_t> activation_;
};

}  // namespace ntkc::passes
