using ConvNN.Kernels;
using ConvNN.Model.Parameters;
using ConvNN.Model.Samples;

namespace ConvNN.Model.Layers;

/// <summary>
/// A step of the network, y = f(x). Immutable and stateless: one instance serves all workers, and what a call needs or
/// leaves behind stands in its <see cref="LayerContext"/>.
/// </summary>
/// <remarks>
/// The contract: y and dx are assigned for every sample of the call; parameter gradients are assigned per subtree of
/// leaves, in the order of "the one sum"; the padding behind each sample stays zero; nothing allocates.
/// </remarks>
public abstract class Layer
{
    /// <summary>Creates the layer at its place in a network.</summary>
    /// <param name="site">The place.</param>
    /// <param name="output">The shape of a sample after the layer.</param>
    protected Layer(in LayerSite site, Shape output)
    {
        Name = site.Name;
        Ordinal = site.Ordinal;
        Input = site.Input;
        Output = output;
    }

    /// <summary>Creates a step that stands for several, of which <paramref name="first"/> is the first.</summary>
    private protected Layer(Layer first, Shape output)
    {
        Name = first.Name;
        Ordinal = first.Ordinal;
        Input = first.Input;
        Output = output;
    }

    /// <summary>The name of the configured layer that this step belongs to.</summary>
    public string Name { get; }

    /// <summary>The step's place among all steps, from 0: the key of its random numbers.</summary>
    public int Ordinal { get; }

    /// <summary>The ordinal of the last step that it stands for: its own, unless it is fused.</summary>
    internal virtual int LastOrdinal => Ordinal;

    /// <summary>The shape of a sample before the layer.</summary>
    public Shape Input { get; }

    /// <summary>The shape of a sample after the layer.</summary>
    public Shape Output { get; }

    /// <summary>Whether the layer has trained parameters.</summary>
    public virtual bool HasParameters => false;

    /// <summary>Floating-point operations of a forward pass, per sample; a multiply-add counts as two.</summary>
    public virtual long Operations => 0;

    /// <summary>Bytes per sample that forward leaves for backward in <see cref="LayerContext.Saved"/>.</summary>
    /// <exception cref="OverflowException">They exceed 2³¹ − 1; the network asks while it is being built.</exception>
    public virtual int SavedBytes => 0;

    /// <summary>Floats of scratch memory that any call may use, whatever the number of samples.</summary>
    /// <param name="kernels">The kernels that will run.</param>
    /// <exception cref="OverflowException">They exceed 2³¹ − 1; the network asks while it is being built.</exception>
    public virtual int ScratchLength(KernelSet kernels) => 0;

    /// <summary>The fewest samples of a leaf in training; more than 1 where a layer looks at a leaf as a whole.</summary>
    public virtual int MinLeafSamples => 1;

    /// <summary>Computes y from x.</summary>
    /// <param name="x">[N, Input.Stride].</param>
    /// <param name="y">[N, Output.Stride]; assigned.</param>
    /// <param name="context">The call.</param>
    public abstract void Forward(ReadOnlySpan<float> x, Span<float> y, in LayerContext context);

    /// <summary>
    /// Forward of one sample as it is defined, in double precision: what gradients are checked against. Choices between
    /// branches are noted in the context; speed does not matter.
    /// </summary>
    /// <param name="x">[Input.Count].</param>
    /// <param name="y">[Output.Count]; assigned.</param>
    /// <param name="context">The sample and the weights.</param>
    public abstract void Define(ReadOnlySpan<double> x, Span<double> y, in DefinitionContext context);

    /// <summary>
    /// <see cref="Define"/> for the samples of a leaf in training together; one by one, unless the layer looks at a leaf as a whole.
    /// </summary>
    /// <param name="x">[N][Input.Count].</param>
    /// <param name="y">[N][Output.Count]; assigned.</param>
    /// <param name="contexts">The context of each sample.</param>
    internal virtual void DefineLeaf(double[][] x, double[][] y, Func<int, DefinitionContext> contexts)
    {
        for (int n = 0; n < x.Length; n++)
        {
            Define(x[n], y[n], contexts(n));
        }
    }

    /// <summary>Ends a training step: untrained parameters take what was noted about its leaves. Called in one place, behind the optimizer.</summary>
    /// <param name="statistics">What was noted.</param>
    /// <param name="cut">The step's leaves.</param>
    /// <param name="weights">The flat buffer of all weights.</param>
    public virtual void TakeStatistics(LeafStatistics statistics, Kernels.Sums.LeafCut cut, Span<float> weights)
    {
    }

    /// <summary>Computes the gradient by the input. Not called for the layers before the first one with parameters.</summary>
    /// <param name="x">[N, Input.Stride], as in forward.</param>
    /// <param name="y">[N, Output.Stride], as forward left it.</param>
    /// <param name="dy">[N, Output.Stride].</param>
    /// <param name="dx">[N, Input.Stride]; assigned.</param>
    /// <param name="context">The call.</param>
    public abstract void InputGradient(
        ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx, in LayerContext context);

    /// <summary>Computes the parameter gradients of a subtree of leaves.</summary>
    /// <param name="x">[N, Input.Stride], as in forward.</param>
    /// <param name="dy">[N, Output.Stride].</param>
    /// <param name="gradient">Receives the sums over the subtree's samples.</param>
    /// <param name="context">The call.</param>
    public virtual void ParameterGradient(ReadOnlySpan<float> x, ReadOnlySpan<float> dy, SubtreeGradient gradient, in LayerContext context)
    {
    }
}
