#include "grammar/operators.hpp"

#include <algorithm>
#include <iterator>

namespace ntkc::grammar {
namespace {

enum Level { kOr, kAnd, kNot, kComparison, kSum, kProduct, kSign };

Level level_of(std::string_view op) {
  if (op == "or") return kOr;
  if (op == "and") return kAnd;
  if (op == "+" || op == "-") return kSum;
  if (op == "*" || op == "/") return kProduct;
  return op == "^" ? kSign : kComparison;
}

class Folder {
 public:
  Folder(std::vector<Piece> pieces, State& state) : pieces_(std::move(pieces)), state_(state) {}

  ast::Expr parse(int level = kOr) {
    if (level == kNot) return at_prefix("not") ? prefixed(kNot) : parse(level + 1);
    if (level == kSign) return sign();
    ast::Expr first = parse(level + 1);
    if (!at_operator(level)) return first;
    ast::Expr chain;
    chain.kind = ast::Expr::Kind::chain;
    chain.span = first.span;
    chain.operands.push_back(std::move(first));
    while (at_operator(level)) {
      const std::string_view op = pieces_[next_++].text;
      if (level == kComparison && chain.operands.size() == 2)
        state_.report(Code::chained_comparison, op).suggest("write `a < b and b < c`, or put one comparison into parentheses");
      chain.operators.emplace_back(op);
      chain.operands.push_back(parse(level + 1));
    }
    chain.span.end = chain.operands.back().span.end;
    return chain;
  }

 private:
  bool at_prefix(std::string_view op) const { return next_ < pieces_.size() && pieces_[next_].prefix && pieces_[next_].text == op; }
  bool at_operator(int level) const {
    return next_ < pieces_.size() && !pieces_[next_].prefix && !pieces_[next_].text.empty() && level_of(pieces_[next_].text) == level;
  }

  ast::Expr prefixed(int level) {
    const std::string_view op = pieces_[next_++].text;
    ast::Expr unary;
    unary.kind = ast::Expr::Kind::unary;
    unary.operators.emplace_back(op);
    unary.operands.push_back(parse(level));
    unary.span = {unary.operands[0].span.file, state_.span(op.data(), op.data()).begin, unary.operands[0].span.end};
    return unary;
  }

  ast::Expr sign() {
    if (at_prefix("-")) return prefixed(kSign);
    if (at_prefix("not")) {
      state_.report(Code::misplaced_not, pieces_[next_].text).suggest("put it into parentheses: `(not ...)`");
      return prefixed(kSign);
    }
    ast::Expr base = std::move(pieces_[next_++].operand);
    if (!at_operator(kSign)) return base;
    ++next_;
    ast::Expr power;
    power.kind = ast::Expr::Kind::power;
    power.operands.push_back(std::move(base));
    power.operands.push_back(sign());
    power.span = {power.operands[0].span.file, power.operands[0].span.begin, power.operands[1].span.end};
    return power;
  }

  std::vector<Piece> pieces_;
  State& state_;
  std::size_t next_ = 0;
};

}  // namespace

ast::Expr fold(Operation&& operation, State& state) {
  if (operation.pieces.size() == 1) return std::move(operation.pieces[0].operand);
  return Folder(std::move(operation.pieces), state).parse();
}

}  // namespace ntkc::grammar
