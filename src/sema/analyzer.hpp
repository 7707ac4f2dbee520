// One network being built. Each part of the class has its own .cpp file, named in the section's comment.
#pragma once
#include <deque>
#include <functional>
#include <set>

#include "expr/check.hpp"
#include "expr/lipschitz.hpp"
#include "sema/analyze.hpp"
#include "sema/scope.hpp"

namespace ntkc::sema {

// Params that must be fixed at compile time, found so far, and what the whole analysis has used.
struct Findings {
  std::set<std::string> structural;
  std::set<std::size_t> overrides_used;
  std::set<std::string> used;  // params that something refers to
  struct Judgement {
    std::optional<expr::Fault> fault;
    expr::Lipschitz lipschitz;
  };
  std::map<std::string, Judgement> judged;  // expressions of activations, by their text: each is judged once
  std::set<std::string> params;             // every qualified name that exists
  std::set<const ast::Block*> walked;       // blocks that a network uses
  std::set<const ast::Block*> endless;      // blocks that use themselves without end
  std::set<Span> written_out;               // repeats whose rounds have to stand one after another
};

struct TooLarge {};  // thrown where a limit of work is passed

class Analyzer {
 public:
  Analyzer(const ast::Files& files, const Options& options, Findings& findings, Diagnostics& diagnostics);
  // The network, or nothing if it has an error (then reported).
  std::optional<graph::Network> run(const ast::Network& network);
  // Params and activations of the files, and blocks that no network uses.
  void check_files();

 private:
  using NodeId = graph::NodeId;
  using Node = graph::Node;

  // files.cpp: scopes of files, imports
  void open_files(const std::string& network);
  void name_files(std::size_t file);
  void open_file(std::size_t file);
  void declare_items(std::size_t file);
  void import_names(const ast::Import& import, std::size_t target, Scope& scope);
  std::string qualified(std::size_t file, const std::string& name) const;

  // names.cpp: lookups and their errors
  void use(Scope::Named& entry);
  Scope::Named* module_member(const ast::Name& name, Scope& scope, bool layer, bool& told);
  LayerPtr find_layer(const ast::Name& name, Scope& scope, bool* from_value = nullptr);
  bool is_layer_name(std::string_view name, Scope& scope);
  static LayerPtr built_in(std::string_view name);
  LayerPtr make_block(const ast::Block& block, std::size_t file, std::string name);
  LayerPtr make_activation(const ast::Activation& activation, std::size_t file, std::string name);
  void declare(std::map<std::string, Scope::Named, std::less<>>& names, const ast::Name& name, Scope::Named entry);
  void warn_shadowed(const ast::Name& name);

  // params.cpp
  void declare_param(const ast::Param& param, Scope& scope, const std::string& name, bool overridable);
  const Override* override_of(const std::string& name);
  void check_range(const ast::Param& param, Scope& scope, const expr::Expr& value, Span span, std::optional<double>& low,
                   std::optional<double>& high);
  std::optional<numeric::Number> constant(const expr::Expr& e, Span span);  // makes the params in it structural
  std::optional<std::string> size_in(const expr::Expr& e) const;
  bool known_late(const expr::Expr& e, Span span);
  numeric::Number present(const expr::Expr& e) const;  // its value with the params as they are now

  // expressions.cpp
  using Words = std::vector<std::string_view>;
  Value evaluate(const ast::Expr& e, Scope& scope, const Words& words = {});
  Value name_value(const ast::Expr& e, Scope& scope, const Words& words);
  Value call_value(const ast::Expr& e, Scope& scope);
  Value chain_value(const ast::Expr& e, Scope& scope);
  Value conditional_value(const ast::Expr& e, Scope& scope, const Words& words);
  std::optional<expr::Expr> number(const Value& v, std::string_view whose);
  std::optional<expr::Expr> truth(const Value& v, std::string_view whose);
  Value poison(Span span) const { return {Poison{}, span}; }
  void work();

  // functions.cpp
  std::optional<Value> apply_function(const ast::Expr& call, Scope& scope);  // nullopt: no such function of the language
  expr::Expr phi(const LayerRef& defined, const Bound& bound, const expr::Expr& x, Span span, bool* failed);

  // arguments.cpp
  Bound bind(const LayerRef& target, const std::vector<ast::Arg>& args, Scope& scope, Span span, bool& failed, std::size_t first = 0);
  std::optional<graph::ArgValue> convert(const Value& value, const graph::Argument& type, std::string_view owner);
  std::optional<graph::ArgValue> convert_plain(const Value& value, const graph::Argument& type, std::string_view owner);
  std::optional<expr::Expr> real(const Value& value, const graph::Argument& type);
  std::optional<graph::Args> complete(const std::vector<graph::Argument>& arguments, const LayerRef& target, const Bound& bound,
                                      const Defaults* defaults, Span span);
  const Value* default_of(const LayerRef& target, const std::string& argument, const Defaults* defaults) const;
  DefaultsPtr add_default(const ast::Default& statement, Scope& scope, const DefaultsPtr& defaults);
  Words words_of(std::string_view argument) const;

  // apply.cpp: layers on nodes
  NodeId apply(const LayerRef& target, const Bound& bound, const DefaultsPtr& defaults, NodeId at, Span span);
  NodeId apply_layer(const LayerRef& target, const Bound& bound, const DefaultsPtr& defaults, NodeId at, Span span);
  NodeId apply_activation(const LayerRef& target, const Bound& bound, const DefaultsPtr& defaults, NodeId at, Span span);
  NodeId apply_block(const LayerRef& target, const Bound& bound, const DefaultsPtr& defaults, NodeId at, Span span);
  NodeId apply_let(Let& let, NodeId at, Span span);
  NodeId add(graph::Node node);  // runs the shape rule; kNone after an error
  std::uint32_t draw(bool* drawn_before = nullptr);
  std::uint32_t draw_from(std::uint32_t pool, bool* drawn_before);

  // judge.cpp
  bool has_kernel(const LayerRef& activation, const expr::Expr& phi, Span span);  // false after an error

  // body.cpp: statements
  struct Place {
    Scope& scope;
    DefaultsPtr defaults;
    NodeId at;
    bool top = false;  // the network's own body
    bool inputs_over = false;
  };
  NodeId walk(const ast::Body& body, Scope& scope, DefaultsPtr defaults, NodeId at, bool top = false);
  void statement(const ast::Stmt& stmt, Place& place);
  void input(const ast::Input& input, Place& place, Span span);
  void let(const ast::Let& let, Place& place);
  void name_node(const ast::Name& name, Scope& scope, NodeId node);

  // joins.cpp
  NodeId join(const ast::Join& join, const Place& place, Span span);
  std::optional<graph::Args> join_arguments(const layers::Layer& layer, const std::vector<graph::Argument>& arguments,
                                            const std::vector<ast::Arg>& args, Scope& scope, Span span);
  std::optional<std::vector<expr::Expr>> shares(const Node& node);
  NodeId residual(const ast::Residual& residual, const Place& place, Span span);

  // loops.cpp
  struct State {  // what a node brings into a round
    graph::Shape shape;
    std::optional<std::uint64_t> width;
    graph::Law law = graph::Law::other;
    bool activated = false, parts = false, normable = false;
    friend bool operator==(const State&, const State&) = default;
  };
  struct Mark {
    std::size_t nodes, loops, instances, pools;
    std::vector<std::pair<std::size_t, std::size_t>> pool_sizes;
    std::vector<std::optional<graph::Dim>> channels;
  };
  using Round = std::function<NodeId(NodeId)>;
  NodeId repeat(const ast::Repeat& repeat, const Place& place, Span span);
  NodeId rounds(const Round& round, std::uint64_t count, bool shared, NodeId at, Span span);
  std::optional<NodeId> loop(const Round& round, std::uint64_t count, bool shared, NodeId at, Span span);
  std::optional<NodeId> try_loop(const Round& round, const State& entry, const std::optional<State>& exit, std::uint64_t count, bool shared,
                                 NodeId at, Span span, std::optional<State>* came_out);
  NodeId open_loop(const State& entry, bool shared, Span span);
  NodeId close_loop(NodeId carry, NodeId body, std::uint64_t count, NodeId at, const State& exit);
  std::optional<State> trial(const Round& round, const State& entry, bool shared, Span span, Diagnostics& diagnostics);
  NodeId scan(const ast::Scan& scan, const Place& place, Span span);
  void write_out(NodeId source);
  State state(NodeId node) const;
  Mark mark() const;
  void rewind(const Mark& mark);
  void check_unused(const ast::Block& block);  // unused.cpp

  // run.cpp
  void check_sizes();
  void finish(Span span);  // names of instances, params that are used, checks of the output
  void keep_used_params();

  const ast::Files& files_;
  const Options& options_;
  Findings& findings_;
  Diagnostics* diagnostics_;
  std::string network_name_;
  graph::Network network_;
  std::vector<bool> activated_;  // of nodes: data on which an activation has acted
  std::vector<bool> parts_;      // of nodes: as layers::gaussian_parts, seen through loops
  std::vector<bool> normable_;   // of nodes: a layer_norm may stand there
  std::deque<Scope> file_scopes_;
  std::vector<std::string> prefixes_;                                 // of files: what their names are qualified by
  std::map<std::pair<std::size_t, std::string>, std::string> plain_;  // names taken out of a module by `from`
  std::vector<char> opened_;
  std::vector<graph::Param> params_;
  std::map<std::string, expr::Expr> present_;  // of params: constants, their values now
  std::set<std::string> sizes_;                // dimensions that only the data knows
  std::deque<Pool> pools_;
  std::vector<std::shared_ptr<Let>> lets_;
  std::uint32_t pool_ = graph::kNone;
  graph::LoopId loop_ = graph::kNone;
  std::vector<const void*> defining_;             // activations and blocks that are being put in
  bool merged_ = false, needs_definite_ = false;  // in a trial with a state that stands for several rounds
  std::size_t work_ = 0, depth_ = 0;
  std::size_t trials_ = 0, trial_work_ = 0;  // trials inside one another, and what they have cost
};

}  // namespace ntkc::sema
