using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using ConvNN.Formats.SafeTensors;
using ConvNN.Kernels.Vectors;
using ConvNN.Model;
using ConvNN.Model.Networks;
using ConvNN.Model.Parameters;

namespace ConvNN.Formats.Tests.SafeTensors;

public class SafeTensorsFileTests
{
    private static readonly Dictionary<string, string> Metadata = new() { ["b"] = "\"ä\"", ["a"] = "1" };

    [Fact]
    public void Write_Network_GivesExactlyTheseBytes()
    {
        Network network = new NetworkBuilder(Shape.Vector(3)).Dense(units: 2).Build();
        float[] weights = new float[network.Layout.Length];
        float next = 1;
        foreach (Parameter parameter in network.Layout.Parameters)
        {
            for (int row = 0; row < parameter.Rows; row++)
            {
                foreach (ref float value in parameter.Row(weights.AsSpan(), row))
                {
                    value = next++;
                }
            }
        }

        byte[] file = Write(network, weights);

        const string Header =
            """{"__metadata__":{"a":"1","b":"\"ä\""},"dense1.bias":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"dense1.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[8,32]}}""";
        int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
        Assert.Equal(0, length % 8);
        Assert.Equal(Header.PadRight(Header.Length + length - Encoding.UTF8.GetByteCount(Header)), Encoding.UTF8.GetString(file, 8, length));

        // The weights were numbered first, in the order of the layer; the file has them sorted by name.
        byte[] data = [.. new float[] { 7, 8, 1, 2, 3, 4, 5, 6 }.SelectMany(BitConverter.GetBytes)];
        Assert.Equal(data, file[(8 + length)..]);
    }

    [Fact]
    public void Write_Network_HasTheNamesAndShapesOfPyTorch()
    {
        Network network = TestModel.Network();

        SafeTensorsHeader header = SafeTensorsBytes.Read(Write(network, TestModel.Weights(network).Span));

        Assert.Equal(
            ["conv1.bias [3]", "conv1.weight [3, 2, 3, 2]", "dense1.weight [7, 18]", "dense2.bias [4]", "dense2.weight [4, 7]"],
            header.Tensors.Select(tensor => $"{tensor.Name} {tensor.ShapeText}"));
        Assert.Equal(Metadata, header.Metadata);
    }

    [Fact]
    public void Write_Network_DataHaveTheHashOfTheLayout()
    {
        Network network = TestModel.Network();
        AlignedBuffer weights = TestModel.Weights(network);

        byte[] file = Write(network, weights.Span);

        long start = SafeTensorsBytes.Read(file).DataStart;
        Assert.Equal(network.Layout.Hash(weights.Span), Convert.ToHexStringLower(SHA256.HashData(file.AsSpan((int)start))));
    }

    [Fact]
    public void Read_WhatWasWritten_GivesTheSameWeights()
    {
        Network network = TestModel.Network();
        AlignedBuffer weights = TestModel.Weights(network);

        AlignedBuffer again = Read(Write(network, weights.Span), network);

        Assert.True(weights.Span.SequenceEqual(again.Span), "The weights differ, or their padding is not zero.");
    }

    [Theory]
    [InlineData(4, "has tensor 'dense1.bias' as F32 [5], but the network has it as F32 [4]")]
    [InlineData(0, "has no tensor 'dense1.bias', which the network has")]
    public void Read_FileOfAnotherNetwork_NamesTheFirstTensorThatDiffers(int units, string expected)
    {
        Network mine = new NetworkBuilder(Shape.Vector(3)).Dense(units: Math.Max(units, 5), bias: true).Build();
        Network other = new NetworkBuilder(Shape.Vector(3)).Dense(units: 5, bias: units > 0).Build();
        Network wanted = units > 0 ? new NetworkBuilder(Shape.Vector(3)).Dense(units).Build() : mine;

        ModelFileException refused = Assert.Throws<ModelFileException>(() => Read(Write(other, other.Layout.Initialize(1).Span), wanted));

        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_TensorThatTheNetworkLacks_IsRefused()
    {
        Network mine = new NetworkBuilder(Shape.Vector(3)).Dense(units: 5, bias: false).Build();
        Network other = new NetworkBuilder(Shape.Vector(3)).Dense(units: 5).Build();

        ModelFileException refused = Assert.Throws<ModelFileException>(() => Read(Write(other, other.Layout.Initialize(1).Span), mine));

        Assert.Contains("has a tensor 'dense1.bias', which the network does not have", refused.Message, StringComparison.Ordinal);
    }

    private static byte[] Write(Network network, ReadOnlySpan<float> weights)
    {
        using MemoryStream stream = new();
        SafeTensorsFile.Write(stream, network.Layout, weights, Metadata);
        return stream.ToArray();
    }

    private static AlignedBuffer Read(byte[] file, Network network)
    {
        using MemoryStream stream = new(file);
        return SafeTensorsFile.Read(stream, SafeTensorsHeader.Read(stream, "test"), network.Layout);
    }
}
