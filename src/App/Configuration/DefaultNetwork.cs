namespace ConvNN.App.Configuration;

/// <summary>The layers of a run whose configuration lists none: the network of the original project.</summary>
internal static class DefaultNetwork
{
    /// <summary>The layers as a configuration has them at <see cref="LayerSection.Path"/>.</summary>
    public static ConfigurationNode Layers { get; } = JsonSettings.Read("built-in defaults", """
        {
          "layers": [
            { "Type": "conv2d", "Name": "conv1", "Filters": 8, "Kernel": 3, "Activation": "relu" },
            { "Type": "maxpool2d", "Window": 2 },
            { "Type": "flatten" },
            { "Type": "dense", "Name": "dense1", "Units": 128, "Activation": "relu", "Dropout": 0.25 },
            { "Type": "dense", "Name": "dense2", "Units": 64, "Activation": "relu", "Dropout": 0.25 },
            { "Type": "dense", "Name": "dense3", "Units": 10, "Activation": "softmax" }
          ]
        }
        """u8.ToArray()).Node("layers");
}
