using ConvNN.Model.Parameters;

namespace ConvNN.Model.Layers;

/// <summary>A layer that can compute some channels of its output by themselves: the filters of a convolution, which need all of the input.</summary>
/// <remarks>Spans are those of the whole layer. Only values of the given channels are written, so that others can be computed at the same time.</remarks>
public interface IChannelLayer
{
    /// <summary>The trained parameters.</summary>
    IEnumerable<Parameter> Parameters { get; }

    /// <summary>The ranges of the flat buffer of weights that belong to some channels.</summary>
    IEnumerable<(int Start, int Length)> ParametersOf(ChannelRun channels);

    /// <summary>Computes some channels of y from x.</summary>
    /// <param name="x">[N, Input.Stride].</param>
    /// <param name="y">[N, Output.Stride]; the channels are overwritten.</param>
    /// <param name="channels">Which channels.</param>
    /// <param name="context">The call.</param>
    void Forward(ReadOnlySpan<float> x, Span<float> y, ChannelRun channels, in LayerContext context);

    /// <summary>Computes the gradients with respect to the parameters of some channels.</summary>
    /// <param name="x">[N, Input.Stride], as in forward.</param>
    /// <param name="dy">[N, Output.Stride].</param>
    /// <param name="channels">Which channels.</param>
    /// <param name="gradient">Receives the sums over its samples.</param>
    /// <param name="context">The call.</param>
    void ParameterGradient(ReadOnlySpan<float> x, ReadOnlySpan<float> dy, ChannelRun channels, SubtreeGradient gradient, in LayerContext context);
}
