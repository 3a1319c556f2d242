using System.Runtime.InteropServices;
using ConvNN.Kernels;
using ConvNN.Kernels.Elementwise;
using ConvNN.Model.Networks;
using ConvNN.Model.Samples;

namespace ConvNN.Formats.Tests;

/// <summary>The half of <c>tests/formats/check_safetensors.py</c> that is ours: gives it the logits of images.</summary>
public class PeerLogitsTests
{
    [Fact]
    public void Forward_ImagesOfThePeer_WritesTheirLogits()
    {
        string? path = Environment.GetEnvironmentVariable("CONVNN_PEER_MODEL");
        Assert.SkipWhen(path is null, "Run by tests/formats/check_safetensors.py.");
        string images = Environment.GetEnvironmentVariable("CONVNN_PEER_IMAGES")!;
        ModelFile model = ModelFile.Load(path);
        Network network = model.Network;
        byte[] pixels = File.ReadAllBytes(images);
        int count = pixels.Length / network.Input.Count;
        float[] values = new float[count * network.Input.Stride];
        for (int n = 0; n < count; n++)
        {
            ConvertKernels.ToUnit(
                pixels.AsSpan(n * network.Input.Count, network.Input.Count), values.AsSpan(n * network.Input.Stride, network.Input.Count), KernelSet.BestTier);
        }

        SampleRun run = new()
        {
            Images = values,
            Labels = new byte[count],
            Indices = new int[count],
            Weights = model.Weights.Span,
            IsTraining = false,
            Seed = 0,
            Epoch = 0,
        };
        ReadOnlySpan<float> logits = network.Forward(run, new Workspace(network, count, KernelSet.For(KernelSet.BestTier)));

        using FileStream written = File.Create(images + ".logits");
        for (int n = 0; n < count; n++)
        {
            written.Write(MemoryMarshal.AsBytes(logits.Slice(n * network.Output.Stride, network.Output.Count)));
        }
    }
}
