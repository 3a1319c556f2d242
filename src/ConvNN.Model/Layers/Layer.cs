using ConvNN.Kernels;
using ConvNN.Model.Parameters;
using ConvNN.Model.Samples;

namespace ConvNN.Model.Layers;

/// <summary>
/// A layer of the network, y = f(x). Immutable and stateless: all workers share one instance, and everything that a call
/// reads or saves is in its <see cref="LayerContext"/>.
/// </summary>
/// <remarks>
/// The contract: y and dx are overwritten for every sample of the call; parameter gradients are overwritten per subtree of
/// leaves, summed in the order of "the one sum"; the padding after each sample stays zero; calls allocate nothing.
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
        IsFrozen = site.IsFrozen;
        Output = output;
    }

    /// <summary>Creates a layer fused from several, of which <paramref name="first"/> is the first.</summary>
    private protected Layer(Layer first, Shape output)
    {
        Name = first.Name;
        Ordinal = first.Ordinal;
        Input = first.Input;
        IsFrozen = first.IsFrozen;
        Output = output;
    }

    /// <summary>The name of the configured layer that this layer belongs to.</summary>
    public string Name { get; }

    /// <summary>The layer's index in the network, from 0: the key of its random numbers.</summary>
    public int Ordinal { get; }

    /// <summary>The ordinal of the last layer fused into this one; its own if it is not fused.</summary>
    internal virtual int LastOrdinal => Ordinal;

    /// <summary>The shape of a sample before the layer.</summary>
    public Shape Input { get; }

    /// <summary>The shape of a sample after the layer.</summary>
    public Shape Output { get; }

    /// <summary>Whether the layer has parameters that training can change.</summary>
    public virtual bool HasParameters => false;

    /// <summary>Whether training leaves its parameters as they are, and a batch norm its running statistics.</summary>
    public bool IsFrozen { get; }

    /// <summary>Whether a step changes it: gradients of its parameters are computed.</summary>
    public bool IsTrained => HasParameters && !IsFrozen;

    /// <summary>Floating-point operations of a forward pass, per sample; a multiply-add counts as two.</summary>
    public virtual long Operations => 0;

    /// <summary>Bytes per sample that forward saves for backward in <see cref="LayerContext.Saved"/>.</summary>
    /// <exception cref="OverflowException">They exceed 2³¹ − 1; checked while the network is built.</exception>
    public virtual int SavedBytes => 0;

    /// <summary>Floats of scratch memory that a call may use, for any number of samples.</summary>
    /// <param name="kernels">The kernels that will run.</param>
    /// <exception cref="OverflowException">They exceed 2³¹ − 1; checked while the network is built.</exception>
    public virtual int ScratchLength(KernelSet kernels) => 0;

    /// <summary>The minimum number of samples in a training leaf; more than 1 if the layer combines the samples of a leaf.</summary>
    public virtual int MinLeafSamples => 1;

    /// <summary>Computes y from x.</summary>
    /// <param name="x">[N, Input.Stride].</param>
    /// <param name="y">[N, Output.Stride]; overwritten.</param>
    /// <param name="context">The call.</param>
    public abstract void Forward(ReadOnlySpan<float> x, Span<float> y, in LayerContext context);

    /// <summary>
    /// The definition of the forward pass for one sample, in double precision; gradients are checked against it. The branches
    /// taken are recorded in the context; speed does not matter.
    /// </summary>
    /// <param name="x">[Input.Count].</param>
    /// <param name="y">[Output.Count]; overwritten.</param>
    /// <param name="context">The sample and the weights.</param>
    public abstract void Define(ReadOnlySpan<double> x, Span<double> y, in DefinitionContext context);

    /// <summary>
    /// <see cref="Define"/> for all samples of a leaf in training; one by one, unless the layer combines them.
    /// </summary>
    /// <param name="x">[N][Input.Count].</param>
    /// <param name="y">[N][Output.Count]; overwritten.</param>
    /// <param name="contexts">The context of each sample.</param>
    internal virtual void DefineLeaf(double[][] x, double[][] y, Func<int, DefinitionContext> contexts)
    {
        for (int n = 0; n < x.Length; n++)
        {
            Define(x[n], y[n], contexts(n));
        }
    }

    /// <summary>
    /// Ends a training step: updates untrained parameters from what was recorded about its leaves. Called in one place, after
    /// the optimizer.
    /// </summary>
    /// <param name="statistics">What was recorded.</param>
    /// <param name="cut">The step's leaves.</param>
    /// <param name="weights">The flat buffer of all weights.</param>
    public virtual void TakeStatistics(LeafStatistics statistics, Kernels.Sums.LeafCut cut, Span<float> weights)
    {
    }

    /// <summary>Computes the gradient with respect to the input. Not called for the layers up to the first trained one.</summary>
    /// <param name="x">[N, Input.Stride], as in forward.</param>
    /// <param name="y">[N, Output.Stride], as computed by forward.</param>
    /// <param name="dy">[N, Output.Stride].</param>
    /// <param name="dx">[N, Input.Stride]; overwritten.</param>
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
