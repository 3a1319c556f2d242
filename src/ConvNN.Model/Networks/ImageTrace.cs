using ConvNN.Kernels;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Samples;

namespace ConvNN.Model.Networks;

/// <summary>What the layers of a network compute for one image, as in an evaluation, and how the image would change an output.</summary>
public sealed class ImageTrace
{
    private readonly Network _network;
    private readonly AlignedBuffer _image;
    private readonly AlignedBuffer _weights;
    private readonly Workspace _workspace;

    /// <summary>Runs an image through a network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="image">The image [C, H, W], normalized as the network takes it.</param>
    /// <exception cref="ArgumentException">The image or the weights are not of the network.</exception>
    public ImageTrace(Network network, AlignedBuffer weights, ReadOnlySpan<float> image)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(weights);
        if (image.Length != network.Input.Count || weights.Length != network.Layout.Length)
        {
            throw new ArgumentException($"The network takes {network.Input.Count} values and has {network.Layout.Length} weights, found {image.Length} and {weights.Length}.", nameof(image));
        }

        _network = network;
        _weights = weights;
        _image = new AlignedBuffer(network.Input.Stride);
        image.CopyTo(_image.Span);

        // Layers that are fused in training do not show the values in between; the bits are the same.
        _workspace = new Workspace(network.Layers, capacity: 1, KernelSet.For(KernelSet.BestTier), toImages: true);
        network.Forward(Run, _workspace);
    }

    private SampleRun Run => new()
    {
        Images = _image.Span,
        Labels = [0],
        Indices = [0],
        Weights = _weights.Span,
        IsTraining = false,
        Seed = 0,
        Epoch = 0,
    };

    /// <summary>The outputs of a block, after its activation: [C, H, W], or a vector. Those of the last one are before a softmax.</summary>
    /// <param name="block">The block's place in <see cref="Network.Blocks"/>.</param>
    public float[] Output(int block)
    {
        string name = _network.Blocks[block].Name;
        int last = _network.Layers.Index().Where(layer => layer.Item.Name == name).Select(layer => layer.Index).DefaultIfEmpty(-1).Last();
        Shape shape = _network.Blocks[block].Output;

        // A block without a step of its own, such as a softmax or a flatten, hands on what it gets.
        return last >= 0 ? _workspace.Output(last, Run)[..shape.Count].ToArray() : block == 0 ? _image.Span[..shape.Count].ToArray() : Output(block - 1);
    }

    /// <summary>
    /// The gradient of an output of the network, before a softmax, with respect to the image [C, H, W]: Simonyan, Vedaldi and Zisserman,
    /// "Deep Inside Convolutional Networks", https://arxiv.org/abs/1312.6034.
    /// </summary>
    /// <param name="output">The output: a class.</param>
    /// <exception cref="ArgumentOutOfRangeException">The network has no such output.</exception>
    public float[] Gradient(int output)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(output);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(output, _network.Output.Count);
        SampleRun run = Run;
        Span<float> dy = _workspace.OutputGradient(1);
        dy.Clear();
        dy[output] = 1;
        for (int layer = _workspace.Layers.Count - 1; layer > 0; layer--)
        {
            _workspace.InputGradient(layer, run);
        }

        float[] dx = new float[_network.Input.Stride];
        _workspace.ImageGradient(run, dx);
        return dx[.._network.Input.Count];
    }
}
