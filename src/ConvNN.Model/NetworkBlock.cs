namespace ConvNN.Model;

/// <summary>A configured layer in its network, for tables and messages; it may consist of several steps.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its registered type.</param>
/// <param name="Summary">Its options in a few words.</param>
/// <param name="Output">The shape of a sample behind it.</param>
/// <param name="ParameterCount">Trained values.</param>
/// <param name="Operations">Floating-point operations of a forward pass, per sample.</param>
public sealed record NetworkBlock(string Name, string Type, string Summary, Shape Output, long ParameterCount, long Operations);
