#include "expr/algebra.hpp"

#include <algorithm>

#include "expr/order.hpp"

namespace ntkc::expr {
namespace {

using numeric::Number;

// Adds weight to the item of the same body, or a new item in its place; items of weight 0 go.
void collect(std::vector<Item>& items, const Expr& body, const Number& weight) {
  const auto at = std::lower_bound(items.begin(), items.end(), body, [](const Item& i, const Expr& b) { return compare(i.body, b) < 0; });
  if (at == items.end() || compare(at->body, body) != 0) {
    items.insert(at, {body, weight});
    return;
  }
  at->weight = at->weight + weight;
  if (at->weight == Number(0)) items.erase(at);
}

struct Sum {
  std::vector<Item> terms;
  Number constant;

  void add(const Expr& e, const Number& factor) {
    if (e.is_constant())
      constant = constant + factor * e.value();
    else if (e.is(Function::add))
      add(e.args()[0], factor), add(e.args()[1], factor);
    else if (e.is(Function::sub))
      add(e.args()[0], factor), add(e.args()[1], -factor);
    else if (e.is(Function::neg))
      add(e.args()[0], -factor);
    else if (e.is(Function::mul) && e.args()[0].is_constant())
      collect(terms, e.args()[1], factor * e.args()[0].value());
    else
      collect(terms, e, factor);
  }

  Expr expression() const {
    if (terms.empty()) return constant;
    // A positive term comes first, so that the text is a difference rather than the sum with a negation.
    std::size_t first = 0;
    while (first < terms.size() && terms[first].weight < Number(0)) ++first;
    if (first == terms.size() && constant > Number(0)) first = terms.size() + 1;  // the constant leads
    Expr sum = first <= terms.size() ? scaled(terms[first % terms.size()]) : Expr(constant);
    for (std::size_t i = 0; i < terms.size(); ++i) {
      if (first <= terms.size() && i == first % terms.size()) continue;
      const bool negative = terms[i].weight < Number(0);
      const Expr term = scaled({terms[i].body, negative ? -terms[i].weight : terms[i].weight});
      sum = negative ? sum - term : sum + term;
    }
    if (constant == Number(0) || first > terms.size()) return sum;
    return constant < Number(0) ? sum - Expr(-constant) : sum + Expr(constant);
  }

  static Expr scaled(const Item& item) {
    if (item.weight == Number(1)) return item.body;
    if (item.weight == Number(-1)) return -item.body;
    return Expr(item.weight) * item.body;
  }
};

struct Product {
  std::vector<Item> factors;
  Number constant = 1;

  void multiply(const Expr& e, const Number& exponent) {
    if (e.is_constant()) {
      const Expr value = pow(e, exponent);
      constant = constant * value.value();
    } else if (e.is(Function::mul)) {
      multiply(e.args()[0], exponent), multiply(e.args()[1], exponent);
    } else if (e.is(Function::div)) {
      multiply(e.args()[0], exponent), multiply(e.args()[1], -exponent);
    } else if (e.is(Function::neg) && exponent.is_integer()) {
      multiply(e.args()[0], exponent);
      constant = constant * pow(Expr(-1), exponent).value();
    } else if (e.is(Function::pow) && e.args()[1].is_constant() && (exponent.is_integer())) {
      collect(factors, e.args()[0], e.args()[1].value() * exponent);
    } else {
      collect(factors, e, exponent);
    }
  }

  Expr expression() const {
    if (constant == Number(0)) return 0;
    Expr over = 1, under = 1;
    for (const Item& f : factors) {
      Expr& side = f.weight < Number(0) ? under : over;
      const Expr factor = power(f.body, f.weight < Number(0) ? -f.weight : f.weight);
      side = side.is_constant() ? factor : side * factor;
    }
    Expr product = under.is_constant() ? over : over.is_constant() ? Expr(constant) / under : over / under;
    if (constant == Number(1) || (over.is_constant() && !under.is_constant())) return product;
    if (product.is_constant()) return constant;
    return constant == Number(-1) ? -product : Expr(constant) * product;
  }
};

// Powers distribute over a product only where that holds for all reals.
bool splits(const Expr& base, const Number& exponent) {
  return exponent.is_integer() && (base.is(Function::mul) || base.is(Function::div) || base.is(Function::neg) ||
                                   (base.is(Function::pow) && base.args()[1].is_constant()));
}

}  // namespace

Expr power(const Expr& base, const Number& exponent) {
  if (exponent == Number(1)) return base;
  if (exponent == Number(2)) return base * base;
  if (exponent == Number(0.5)) return sqrt(base);
  return pow(base, exponent);
}

Expr simplified_sum(const Expr& e) {
  Sum sum;
  sum.add(e, 1);
  return sum.expression();
}

Expr simplified_product(const Expr& e) {
  Product product;
  if (e.is(Function::pow)) {
    const Number& exponent = e.args()[1].value();
    if (exponent == Number(0)) return 1;
    if (splits(e.args()[0], exponent))
      product.multiply(e.args()[0], exponent);
    else
      collect(product.factors, e.args()[0], exponent);
  } else {
    product.multiply(e, 1);
  }
  return product.expression();
}

}  // namespace ntkc::expr
