using ConvNN.Kernels.Vectors;
using ConvNN.Model.Networks;
using ConvNN.Training.Optimizers;
using ConvNN.Training.Options;
using ConvNN.Training.Pipeline.FullGradients;
using ConvNN.Training.Pipeline.OwnedRows;

namespace ConvNN.Training.Pipeline.Dataflow;

/// <summary>Creates the exchange that a plan has chosen.</summary>
internal static class GradientExchange
{
    /// <summary>Allocates an exchange.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="network">The network.</param>
    /// <param name="work">What is done with samples.</param>
    /// <param name="optimizer">How a step changes the weights.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="definition">The step as defined, on the same network, optimizer and weights.</param>
    public static IGradientExchange For(
        PipelinePlan plan, Network network, SampleWork work, IOptimizer optimizer, AlignedBuffer weights, StepDefinition definition) =>
        plan.Exchange == ExchangeKind.OwnedRows
            ? new OwnedRowExchange(network, work, optimizer, weights, plan, definition)
            : new FullGradientExchange(network, work, optimizer, weights, plan);
}
