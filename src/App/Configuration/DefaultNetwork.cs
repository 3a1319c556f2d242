namespace ConvNN.App.Configuration;

/// <summary>The layers of a run whose configuration has none: the network of the original project.</summary>
internal static class DefaultNetwork
{
    private static readonly Dictionary<string, string>[] Layers =
    [
        new() { ["Type"] = "conv2d", ["Name"] = "conv1", ["Filters"] = "8", ["Kernel"] = "3", ["Activation"] = "relu" },
        new() { ["Type"] = "maxpool2d", ["Window"] = "2" },
        new() { ["Type"] = "flatten" },
        new() { ["Type"] = "dense", ["Name"] = "dense1", ["Units"] = "128", ["Activation"] = "relu", ["Dropout"] = "0.25" },
        new() { ["Type"] = "dense", ["Name"] = "dense2", ["Units"] = "64", ["Activation"] = "relu", ["Dropout"] = "0.25" },
        new() { ["Type"] = "dense", ["Name"] = "dense3", ["Units"] = "10", ["Activation"] = "softmax" },
    ];

    /// <summary>The layers as the keys and values of a configuration.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> Keys { get; } =
    [
        .. from layer in Layers.Index()
           from value in layer.Item
           select KeyValuePair.Create($"{LayerSection.Path}:{layer.Index}:{value.Key}", (string?)value.Value),
    ];
}
