// The reader of the text form. It keeps values as they are written: nothing is simplified.
#include <cmath>
#include <map>

#include "ir/builder.hpp"
#include "ir/infer.hpp"
#include "ir/parse_activation.hpp"

namespace ntkc::ir {
namespace {

template <std::size_t n>
std::size_t index_in(Lexer& in, const char* const (&words)[n], const std::string& word) {
  for (std::size_t i = 0; i < n; ++i)
    if (word == words[i]) return i;
  in.fail("unknown word `" + word + "`");
}

constexpr const char* kStages[] = {"constant", "parameter", "sample", "primed", "pair"};
constexpr const char* kTypes[] = {"number", "features", "series", "field", "matrix"};
constexpr const char* kOps[] = {
#define NTK_OP(name) #name,
#include "ir/ops.def"
#undef NTK_OP
};

class Reader {
 public:
  Program run(const std::string& text) {
    for (std::size_t begin = 0; begin < text.size();) {
      std::size_t end = text.find('\n', begin);
      if (end == std::string::npos) end = text.size();
      const std::string_view whole(text.data() + begin, end - begin);
      Lexer in(whole.substr(0, whole.find("//")));
      if (!in.at_end()) line(in);
      if (!in.at_end()) in.fail("did not expect more");
      begin = end + 1;
    }
    if (!open_.empty()) throw std::invalid_argument("a loop without `next`");
    return std::move(program_);
  }

 private:
  struct OpenLoop {
    std::string name;
    BlockId block;
    std::vector<Value> initial;
    std::map<std::string, std::uint32_t> carries;
  };
  struct ClosedLoop {
    Value loop;
    std::map<std::string, std::uint32_t> carries;
  };

  void line(Lexer& in) {
    const std::string word = in.word();
    if (word == "program")
      program_.name = in.rest();
    else if (word == "derivative")
      in.expect("$"), program_.by = in.word(true);
    else if (word == "tolerance")
      program_.tolerance = std::stod(in.number());
    else if (word == "param")
      param(in);
    else if (word == "input")
      input(in);
    else if (word == "activation")
      activation(in);
    else if (word == "loop")
      open(in);
    else if (word == "next")
      close(in);
    else if (word == "output")
      output(in);
    else
      value(in, static_cast<Stage>(index_in(in, kStages, word)));
  }

  void param(Lexer& in) {
    graph::Param p;
    in.expect("$");
    p.name = in.word(true);
    in.expect("=");
    p.value = std::stod(in.number());
    p.fallback = expr::Expr(p.value);
    if (in.accept("from")) p.fallback = parse_expr(in);
    if (in.accept("in")) {
      in.expect("[");
      const double low = std::stod(in.number());
      in.expect(",");
      const double high = std::stod(in.number());
      in.expect("]");
      if (std::isfinite(low)) p.low = low;
      if (std::isfinite(high)) p.high = high;
    }
    program_.params.push_back(std::move(p));
  }

  void input(Lexer& in) {
    program_.inputs.push_back({in.word(), graph::kNone});
    graph::Shape shape;
    in.expect("[");
    do {
      graph::Dim d;
      if (in.at_number())
        d.size = in.count();
      else if (!in.accept("?"))
        d.name = in.word();
      shape.positions.push_back(std::move(d));
    } while (in.accept(","));
    in.expect("]");
    shape.channels = std::move(shape.positions.back());
    shape.positions.pop_back();
    program_.input_shapes.push_back(std::move(shape));
  }

  void activation(Lexer& in) {
    const std::string alias = in.word();
    in.expect("=");
    activations_[alias] = static_cast<std::uint32_t>(program_.activations.size());
    program_.activations.push_back(parse_use(in));
  }

  void open(Lexer& in) {
    OpenLoop loop;
    loop.name = in.word();
    in.expect("=");
    const std::uint64_t count = in.count();
    loop.block = build_.open(count, open_.empty() ? 0 : open_.back().block);
    in.expect("(");
    while (!in.accept(")")) {
      if (!loop.carries.empty()) in.expect(",");
      const auto stage = static_cast<Stage>(index_in(in, kStages, in.word()));
      std::string name = in.word();
      Type type = Type::number;
      if (in.at_word()) {
        type = static_cast<Type>(index_in(in, kTypes, name));
        name = in.word();
      }
      in.expect("=");
      loop.initial.push_back(operand(in));
      const auto index = static_cast<std::uint32_t>(loop.carries.size());
      loop.carries[name] = index;
      define(in, name, build_.argument(loop.block, type, stage, hint_of(name)));
    }
    open_.push_back(std::move(loop));
  }

  void close(Lexer& in) {
    if (open_.empty()) in.fail("`next` outside a loop");
    std::vector<Value> yields;
    while (!in.at_end()) {
      if (!yields.empty()) in.expect(",");
      yields.push_back(operand(in));
    }
    OpenLoop loop = std::move(open_.back());
    open_.pop_back();
    if (yields.size() != loop.initial.size()) in.fail("as many values as the loop carries must follow `next`");
    const Value v = build_.close(loop.block, loop.initial, yields);
    if (loop.name != "round") build_.hinted(v, loop.name);
    loops_[loop.name] = {v, std::move(loop.carries)};
  }

  void output(Lexer& in) {
    const std::string name = in.word();
    in.expect("=");
    program_.outputs.push_back({name, operand(in)});
  }

  void value(Lexer& in, Stage stage) {
    const std::string name = in.word();
    in.expect("=");
    const Value v = operation(in);
    if (build_.node(v).stage != stage) in.fail("the stage of `" + name + "` is " + kStages[int(build_.node(v).stage)]);
    build_.hinted(v, hint_of(name));
    define(in, name, v);
  }

  void define(Lexer& in, const std::string& name, Value v) {
    if (!names_.emplace(name, v).second) in.fail("`" + name + "` is defined twice");
  }

  Value operand(Lexer& in) {
    if (in.at_number()) return build_.constant(numeric::Number::parse(in.number()));
    if (in.accept("$")) return build_.param(in.word(true));
    const std::string name = in.word();
    if (name == "same") return build_.same_sample();
    Value v = 0;
    if (in.accept(".")) {
      const std::string carry = in.word();
      const auto loop = loops_.find(name);
      if (loop == loops_.end() || !loop->second.carries.contains(carry)) in.fail("unknown result `" + name + "." + carry + "`");
      v = build_.result(loop->second.loop, loop->second.carries.at(carry));
    } else {
      const auto known = names_.find(name);
      if (known == names_.end()) in.fail("unknown value `" + name + "`");
      v = known->second;
    }
    return in.accept("'") ? build_.prime(v) : v;
  }

  Value operation(Lexer& in) {
    Node node;
    if (in.at_word()) {
      Lexer ahead = in;
      const std::string word = ahead.word();
      if (ahead.peek() == '(' || ahead.peek() == '<') {
        in = ahead;
        return call(in, word);
      }
    }
    node.op = Op::call;
    node.operands.push_back(operand(in));
    if (in.accept("+"))
      node.function = expr::Function::add;
    else if (in.accept("-"))
      node.function = expr::Function::sub;
    else if (in.accept("*"))
      node.function = expr::Function::mul;
    else if (in.accept("/"))
      node.function = expr::Function::div;
    else
      in.fail("expected an operator");
    node.operands.push_back(operand(in));
    return build_.intern(std::move(node));
  }

  Value call(Lexer& in, const std::string& word) {
    Node node;
    if (const expr::Function* function = expr::find_function(word)) {
      node.op = Op::call;
      node.function = *function;
    } else {
      node.op = static_cast<Op>(index_in(in, kOps, word));
    }
    attributes(in, node);
    in.expect("(");
    if (node.op == Op::input) node.index = static_cast<std::uint32_t>(in.count());
    while (!in.accept(")")) {
      if (!node.operands.empty()) in.expect(",");
      node.operands.push_back(operand(in));
    }
    if (node.op == Op::map)
      for (const std::string& name : expr::params_of(program_.activations[node.phi].phi)) node.operands.push_back(build_.param(name));
    return build_.intern(std::move(node));
  }

  // <phi>, <phi, order>, <phi, order, terms> of hermite, <phi, psi, order, order>
  void attributes(Lexer& in, Node& node) {
    if (!in.accept("<")) return;
    node.phi = known_activation(in);
    if (node.op == Op::dual_distance || node.op == Op::dual_gram || node.op == Op::distance_quadrature) node.psi = node.phi;
    if (node.op == Op::dual || node.op == Op::dual_quadrature) {
      in.expect(",");
      node.psi = known_activation(in);
    }
    if (in.accept(",")) node.order_phi = static_cast<std::uint8_t>(in.count());
    if (in.accept(",")) {
      const std::uint64_t last = in.count();
      if (node.op == Op::hermite)
        node.index = static_cast<std::uint32_t>(last);
      else
        node.order_psi = static_cast<std::uint8_t>(last);
    }
    in.expect(">");
  }

  std::uint32_t known_activation(Lexer& in) {
    const std::string alias = in.word();
    if (!activations_.contains(alias)) in.fail("unknown activation `" + alias + "`");
    return activations_.at(alias);
  }

  Program program_;
  Builder build_{program_};
  std::vector<OpenLoop> open_;
  std::map<std::string, ClosedLoop> loops_;
  std::map<std::string, Value> names_;
  std::map<std::string, std::uint32_t> activations_;
};

}  // namespace

Program parse(const std::string& text) { return Reader().run(text); }

}  // namespace ntkc::ir
