using System.Buffers.Binary;
using System.Text;
using ConvNN.Formats.SafeTensors;
using ConvNN.Kernels.Vectors;
using ConvNN.Model;
using ConvNN.Model.Layers;
using ConvNN.Model.Networks;
using ConvNN.Model.Parameters;

namespace ConvNN.Formats.Tests;

/// <summary>A network begins with the tensors of a file that fit, and tells the others.</summary>
public class StartingWeightsTests
{
    /// <summary>What <c>safetensors.torch.save_file(model.state_dict(), path)</c> writes of a sequence of layers that are named by their numbers, in the types of PyTorch.</summary>
    [Fact]
    public void Take_StateDictOfPyTorch_TakesWhatFitsInEveryType()
    {
        using TemporaryFolder folder = new();
        Network network = new NetworkBuilder(Shape.Image(1, 2, 2))
            .Add(new Conv2dOptions { Name = "0", Filters = 2, Kernel = 1 })
            .Add(new BatchNorm2dOptions { Name = "1" })
            .Flatten()
            .Add(new DenseOptions { Name = "fc", Units = 3 })
            .Build();
        byte[] half = new byte[4], brain = [0x40, 0x40, 0x80, 0xBF], wide = new byte[16];
        BinaryPrimitives.WriteHalfLittleEndian(half, (Half)0.5f);
        BinaryPrimitives.WriteHalfLittleEndian(half.AsSpan(2), (Half)(-2f));
        BinaryPrimitives.WriteDoubleLittleEndian(wide, 0.25);
        BinaryPrimitives.WriteDoubleLittleEndian(wide.AsSpan(8), 7);
        File.WriteAllBytes(folder["torch.safetensors"], SafeTensors(
            ("0.weight", "F32", "[2,1,1,1]", Floats(1.5f, -0.75f)),
            ("0.bias", "F16", "[2]", half),
            ("1.running_mean", "BF16", "[2]", brain),
            ("1.running_var", "F64", "[2]", wide),
            ("1.num_batches_tracked", "I64", "[]", new byte[8]),
            ("fc.bias", "F32", "[4]", Floats(1, 2, 3, 4))));

        StartingWeights start = StartingWeights.Take(folder["torch.safetensors"], network);

        AlignedBuffer weights = network.Layout.Initialize(seed: 1), unread = Seeded(network);
        Assert.Equal(["0.bias", "0.weight", "1.running_mean", "1.running_var"], start.Taken);
        Assert.Equal([1.5f, -0.75f], Values(network, "0.weight", weights));
        Assert.Equal([0.5f, -2f], Values(network, "0.bias", weights));
        Assert.Equal([3f, -1f], Values(network, "1.running_mean", weights));
        Assert.Equal([0.25f, 7f], Values(network, "1.running_var", weights));
        Assert.All(["1.weight", "fc.weight", "fc.bias"], name => Assert.Equal(Values(network, name, unread), Values(network, name, weights)));
        Assert.Equal(
            [
                new("1.bias", "[2]", null), new("1.weight", "[2]", null), new("fc.bias", "[3]", "[4]"), new("fc.weight", "[3, 8]", null),
                new("1.num_batches_tracked", null, "I64 []"),
            ],
            start.Misfits);
    }

    [Fact]
    public void Take_ModelOfTheSameNetwork_GivesItsWeightsAndHash()
    {
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder["m"], TestModel.File());
        Network network = TestModel.Network();

        StartingWeights start = StartingWeights.Take(folder["m"], network);

        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(TestModel.File())), start.Sha256);
        Assert.Empty(start.Misfits);
        Assert.Equal(TestModel.Weights(TestModel.Network()).Span.ToArray(), network.Layout.Initialize(seed: 99).Span.ToArray());
    }

    [Fact]
    public void Take_NothingThatFits_SaysWhatBothHave()
    {
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder["m"], SafeTensors(("features.0.weight", "F32", "[1]", Floats(1))));
        Network network = new NetworkBuilder(Shape.Vector(2)).Dense(1).Build();

        ModelFileException refused = Assert.Throws<ModelFileException>(() => StartingWeights.Take(folder["m"], network));

        Assert.Equal(
            $"{folder["m"]}: none of its tensors has the name and shape of one of the network: it has features.0.weight [1], and the network dense1.bias [1], dense1.weight [1, 2]; "
            + "name the layers as the file does, or take another file.",
            refused.Message);
    }

    [Fact]
    public void Take_WeightThatIsNotFinite_IsRefused()
    {
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder["m"], SafeTensors(("dense1.bias", "F32", "[1]", Floats(float.NaN))));
        Network network = new NetworkBuilder(Shape.Vector(2)).Dense(1).Build();

        ModelFileException refused = Assert.Throws<ModelFileException>(() => StartingWeights.Take(folder["m"], network));

        Assert.Contains("weight dense1.bias[0] is NaN, expected finite weights", refused.Message, StringComparison.Ordinal);
    }

    private static AlignedBuffer Seeded(Network network) => Network.Build(network.Input, [.. network.Blocks.Select(block => block.Options)]).Layout.Initialize(seed: 1);

    private static float[] Values(Network network, string name, AlignedBuffer weights)
    {
        Parameter parameter = network.Layout.Parameters.Single(parameter => parameter.Name == name);
        return [.. Enumerable.Range(0, parameter.Rows).SelectMany(row => parameter.Row(weights.Span, row).ToArray())];
    }

    private static byte[] Floats(params float[] values)
    {
        byte[] bytes = new byte[sizeof(float) * values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(sizeof(float) * i), values[i]);
        }

        return bytes;
    }

    private static byte[] SafeTensors(params (string Name, string Type, string Shape, byte[] Data)[] tensors)
    {
        int end = 0;
        string header = string.Join(',', tensors.Select(tensor => $"\"{tensor.Name}\":{{\"dtype\":\"{tensor.Type}\",\"shape\":{tensor.Shape},\"data_offsets\":[{end},{end += tensor.Data.Length}]}}"));
        byte[] json = Encoding.UTF8.GetBytes($"{{{header}}}"), length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        return [.. length, .. json, .. tensors.SelectMany(tensor => tensor.Data)];
    }
}
