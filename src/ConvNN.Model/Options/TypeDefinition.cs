namespace ConvNN.Model.Options;

/// <summary>A registered type: its name in the configuration and its options.</summary>
/// <param name="Name">The value of <c>Type</c>.</param>
/// <param name="Description">What it is, in a sentence.</param>
/// <param name="Options">Its options, <c>Type</c> apart.</param>
public abstract record TypeDefinition(string Name, string Description, IReadOnlyList<OptionSpec> Options);

/// <summary>A registered type, and how its options become one.</summary>
/// <typeparam name="TOptions">What is registered.</typeparam>
/// <param name="Name">The value of <c>Type</c>.</param>
/// <param name="Description">What it is, in a sentence.</param>
/// <param name="Options">Its options, <c>Type</c> apart.</param>
/// <param name="Create">Makes it of the checked values.</param>
public sealed record TypeDefinition<TOptions>(
    string Name, string Description, IReadOnlyList<OptionSpec> Options, Func<OptionValues, TOptions> Create)
    : TypeDefinition(Name, Description, Options)
    where TOptions : TypedOptions;
