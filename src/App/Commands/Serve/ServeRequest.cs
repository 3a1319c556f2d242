using ConvNN.App.Runs;
using ConvNN.Dashboard;

namespace ConvNN.App.Commands.Serve;

/// <summary>The arguments of <c>serve</c>.</summary>
/// <param name="Address">Where to serve.</param>
/// <param name="Model">The model.</param>
internal sealed record ServeRequest(WebAddress Address, ModelLocation Model);
