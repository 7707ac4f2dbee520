// Expectations over a pair of Gaussians. E[phi(u) psi(v)] = E[psi(v) phi(u)]: the side of x comes first, else the earlier.
#include <stdexcept>
#include <tuple>

#include "ir/activation_text.hpp"
#include "ir/builder.hpp"
#include "ir/outward.hpp"

namespace ntkc::ir {
namespace {

struct SideOf {
  std::uint32_t phi;
  int order;
  Value q;
  Value series = 0;
};

bool swapped(const Builder& b, const SideOf& u, const SideOf& v) {
  const bool pu = b.node(u.q).op == Op::prime, pv = b.node(v.q).op == Op::prime;
  if (pu != pv) return pu;
  return std::tuple(u.phi, u.order, u.q, u.series) > std::tuple(v.phi, v.order, v.q, v.series);
}

Node made(Op op, const SideOf& u, const SideOf& v) {
  Node node;
  node.op = op;
  node.phi = u.phi;
  node.psi = v.phi;
  node.order_phi = static_cast<std::uint8_t>(u.order);
  node.order_psi = static_cast<std::uint8_t>(v.order);
  return node;
}

}  // namespace

std::uint32_t Builder::activation(const graph::ActivationUse& use) {
  const std::string text = text_of(use);
  for (std::uint32_t i = 0; i < program_.activations.size(); ++i)
    if (text_of(program_.activations[i]) == text) return i;
  program_.activations.push_back(use);
  return static_cast<std::uint32_t>(program_.activations.size() - 1);
}

Value Builder::mean(std::uint32_t phi, int order, Value q) {
  return outward(*this, {q}, [&](std::span<const Value> p) {
    Node node = made(Op::mean, {phi, order, p[0]}, {0, 0, 0});
    node.operands = {p[0]};
    return intern(std::move(node));
  });
}

Value Builder::dual(std::uint32_t phi, std::uint32_t psi, int order_phi, int order_psi, const Covariance& k) {
  if (is_constant(k.c, 0)) return call(expr::Function::mul, {mean(phi, order_phi, k.q1), mean(psi, order_psi, k.q2)});
  return outward(*this, {k.q1, k.q2, k.c, k.distance, k.gram}, [&](std::span<const Value> p) {
    SideOf u{phi, order_phi, p[0]}, v{psi, order_psi, p[1]};
    if (swapped(*this, u, v)) std::swap(u, v);
    Node node = made(Op::dual, u, v);
    node.operands = {u.q, v.q, p[2], p[3], p[4]};
    return intern(std::move(node));
  });
}

Value Builder::dual_distance(std::uint32_t phi, const Covariance& k) {
  if (is_constant(k.distance, 0) && is_constant(k.gram, 0)) return constant(0);
  return outward(*this, {k.q1, k.q2, k.c, k.distance, k.gram}, [&](std::span<const Value> p) {
    const auto [first, second] = ordered(*this, p[0], p[1]);
    Node node = made(Op::dual_distance, {phi, 0, first}, {phi, 0, second});
    node.operands = {first, second, p[2], p[3], p[4]};
    return intern(std::move(node));
  });
}

Value Builder::dual_gram(std::uint32_t phi, const Covariance& k) {
  if (is_constant(k.distance, 0) && is_constant(k.gram, 0)) return constant(0);
  return outward(*this, {k.q1, k.q2, k.c, k.distance, k.gram}, [&](std::span<const Value> p) {
    const auto [first, second] = ordered(*this, p[0], p[1]);
    Node node = made(Op::dual_gram, {phi, 0, first}, {phi, 0, second});
    node.operands = {first, second, p[2], p[3], p[4]};
    return intern(std::move(node));
  });
}

Value Builder::mean_quadrature(std::uint32_t phi, int order, Value q) {
  return outward(*this, {q}, [&](std::span<const Value> p) {
    Node node = made(Op::mean_quadrature, {phi, order, p[0]}, {0, 0, 0});
    node.operands = {p[0]};
    return intern(std::move(node));
  });
}

Value Builder::hermite(std::uint32_t phi, int order, std::uint32_t terms, Value q) {
  return outward(*this, {q}, [&](std::span<const Value> p) {
    Node node = made(Op::hermite, {phi, order, p[0]}, {0, 0, 0});
    node.operands = {p[0]};
    node.index = terms;
    return intern(std::move(node));
  });
}

Value Builder::dual_quadrature(std::uint32_t phi, std::uint32_t psi, int order_phi, int order_psi, const Covariance& k, Value series_phi,
                               Value series_psi) {
  return outward(*this, {k.q1, k.q2, k.c, k.gram, series_phi, series_psi}, [&](std::span<const Value> p) {
    SideOf u{phi, order_phi, p[0], p[4]}, v{psi, order_psi, p[1], p[5]};
    if (swapped(*this, u, v)) std::swap(u, v);
    Node node = made(Op::dual_quadrature, u, v);
    node.operands = {u.q, v.q, p[2], p[3], u.series, v.series};
    return intern(std::move(node));
  });
}

Value Builder::distance_quadrature(std::uint32_t phi, const Covariance& k, Value series_x, Value series_y) {
  return outward(*this, {k.q1, k.q2, k.c, k.gram, series_x, series_y}, [&](std::span<const Value> p) {
    SideOf u{phi, 0, p[0], p[4]}, v{phi, 0, p[1], p[5]};
    if (swapped(*this, u, v)) std::swap(u, v);
    Node node = made(Op::distance_quadrature, u, v);
    node.operands = {u.q, v.q, p[2], p[3], u.series, v.series};
    return intern(std::move(node));
  });
}

}  // namespace ntkc::ir
